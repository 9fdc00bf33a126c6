package dev.tidemark.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The metrics of a node that an operator reads at {@code /metrics}. */
final class MetricsIT {
  @Test
  void eachMetricIsThereWithItsHelpTextItsKindAndEachValueOfItsLabel() throws Exception {
    List<String> page = page(Gateway.shared());
    for (Metric metric : Metric.values()) {
      String name = metric.prometheusName();
      String kind = metric.kind().name().toLowerCase(Locale.ROOT);
      assertTrue(page.contains("# HELP " + name + " " + metric.help()), name);
      assertTrue(page.contains("# TYPE " + name + " " + kind), name);
      String sample = metric.latency() == null ? name : name + "_count";
      if (metric.label().isEmpty()) {
        assertEquals(1, samples(page, sample + " "), name);
      }
      for (String value : metric.labelValues()) {
        String label = "{" + metric.label().orElseThrow() + "=\"" + value + "\"} ";
        assertEquals(1, samples(page, sample + label), name + label);
      }
      if (metric.latency() != null) {
        int series = Math.max(1, metric.labelValues().size());
        assertEquals(
            (metric.latency().bounds().length + 1L) * series, samples(page, name + "_bucket{"));
      }
    }
  }

  @Test
  void aRedeployedApplicationMeasuresAnew() throws Exception {
    try (Gateway gateway = Gateway.start("metrics", Map.of())) {
      try (WireClient client = gateway.connect("alice")) {
        client.create();
        client.say("hello", "m-1", 0);
        client.awaitEvent("stream_end");
        assertEquals(1, gateway.metric("tidemark_connections"));
        assertTrue(gateway.metric("tidemark_append_seconds_count") > 0);
        redeploy(gateway);
      }
      try (WireClient client = gateway.connect("alice")) {
        client.create();
        assertEquals(1, gateway.metric("tidemark_connections"), "of this application, not the old");
        assertEquals(1, gateway.metric("tidemark_join_seconds_count"));
      }
    }
  }

  private static void redeploy(Gateway gateway) throws IOException {
    Path deployments = gateway.server().baseDirectory().resolve("deployments");
    Files.createFile(deployments.resolve("tidemark.war.dodeploy"));
    Awaitility.await("deployed again")
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                gateway.metric("tidemark_append_seconds_count") == 0
                    && gateway.metric("tidemark_ready") == 1);
  }

  private static long samples(List<String> page, String start) {
    return page.stream().filter(line -> line.startsWith(start)).count();
  }

  private static List<String> page(Gateway gateway) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.server().managementUri("/metrics")).build();
    return HttpClient.newHttpClient()
        .send(request, BodyHandlers.ofString())
        .body()
        .lines()
        .toList();
  }
}
