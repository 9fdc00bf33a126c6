package dev.tidemark.testing.gateway;

import dev.tidemark.tools.run.WildFlyServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;

/** A node's readiness and metrics, as a load balancer and a scraper see them. */
public final class Readiness {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Readiness() {}

  /** The reason why the node takes no clients, by {@code /health/ready}; empty if it is up. */
  static Optional<String> refusal(WildFlyServer server) {
    Optional<String> body = get(server, "/health/ready");
    if (body.isEmpty()) {
      return Optional.of("no answer");
    }
    try (var reader = Json.createReader(new StringReader(body.get()))) {
      JsonObject health = reader.readObject();
      if (health.getString("status").equals("UP")) {
        return Optional.empty();
      }
      return health.getJsonArray("checks").getValuesAs(JsonObject.class).stream()
          .filter(check -> check.getString("name").equals("tidemark"))
          .filter(check -> check.getString("status").equals("DOWN"))
          .map(check -> check.getJsonObject("data").getString("reason"))
          .findFirst()
          .or(() -> Optional.of("the server itself is not up"));
    }
  }

  /** Waits until the node says that it takes no clients, for a reason that contains this text. */
  public static void awaitRefusal(WildFlyServer server, String reason) {
    Awaitility.await("not ready: " + reason)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> refusal(server).orElse(""), said -> said.contains(reason));
  }

  /** Waits until the node takes clients. */
  public static void awaitUp(WildFlyServer server) {
    Awaitility.await("ready")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> refusal(server).orElse("up"), "up"::equals);
  }

  /** The value of a metric without labels of ours; 0 if it is not there yet. */
  public static double metric(WildFlyServer server, String name) {
    return get(server, "/metrics")
        .orElse("")
        .lines()
        .filter(line -> line.startsWith(name) && "{ ".indexOf(line.charAt(name.length())) >= 0)
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The body of an answer; empty if there is none, or one of a server that is booting still. */
  private static Optional<String> get(WildFlyServer server, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(server.managementUri(path)).timeout(Duration.ofSeconds(5)).build();
    try {
      HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
      return Optional.of(answer)
          .filter(given -> given.statusCode() == 200 || given.statusCode() == 503)
          .map(HttpResponse::body);
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
