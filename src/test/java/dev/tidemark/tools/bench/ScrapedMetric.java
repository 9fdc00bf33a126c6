package dev.tidemark.tools.bench;

import dev.tidemark.tools.run.WildFlyServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A metric of the server, by its name at {@code /metrics}. */
final class ScrapedMetric {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private ScrapedMetric() {}

  /** The sum over its labels; 0 if it is not there. */
  static double of(WildFlyServer server, String name) throws IOException, InterruptedException {
    return HTTP.send(
            HttpRequest.newBuilder(server.managementUri("/metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
