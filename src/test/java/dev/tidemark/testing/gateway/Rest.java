package dev.tidemark.testing.gateway;

import dev.tidemark.testing.client.WireClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;

/** Calls the REST face of a gateway as one of the development accounts. */
public record Rest(Gateway gateway) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Sends a request without a body. */
  public HttpResponse<String> send(String account, String method, String path) {
    return send(Optional.of(account), method, path, Optional.empty());
  }

  /** Sends a request with a body of JSON. */
  public HttpResponse<String> send(String account, String method, String path, String json) {
    return send(Optional.of(account), method, path, Optional.of(json));
  }

  /**
   * Sends a request.
   *
   * @param account development account; empty for an anonymous request
   * @param path path below {@code /tidemark/api}
   */
  public HttpResponse<String> send(
      Optional<String> account, String method, String path, Optional<String> json) {
    BodyPublisher body = json.map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway.server().uri("/api" + path)).method(method, body);
    account.ifPresent(name -> request.header("Authorization", WireClient.authorization(name)));
    json.ifPresent(any -> request.header("Content-Type", "application/json"));
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
