package dev.tidemark.ops;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The metrics of a node that an operator reads at {@code /metrics}. */
final class MetricsIT {
  private final Gateway gateway = Gateway.shared();

  @Test
  void theGaugesShowWhoIsConnectedAndWhatIsListenedTo() throws Exception {
    try (WireClient client = gateway.connect("alice")) {
      client.create();
      assertTrue(value("tidemark_connections").orElseThrow() >= 1);
      assertTrue(value("tidemark_feeds").orElseThrow() >= 1);
    }
  }

  private OptionalDouble value(String name) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.server().managementUri("/metrics")).build();
    String page = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    return Pattern.compile("^" + name + "(?:\\{[^}]*})? (\\S+)$", Pattern.MULTILINE)
        .matcher(page)
        .results()
        .mapToDouble(line -> Double.parseDouble(line.group(1)))
        .findFirst();
  }
}
