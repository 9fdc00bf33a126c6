package dev.tidemark.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that the server refuses before a resource sees them get a problem, and fill no log. */
final class ServerRefusalIT {
  private final Gateway gateway = Gateway.shared();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/sessions/s-1/events | Content-Type    | garbage",
        "/sessions/s-1/floor  | Content-Type    | application/",
        "/backchannel-logout  | Content-Type    | ///;q=zz",
        "/tickets             | Accept          | */*;q=x",
        "/tickets             | Accept          | text/html, text/plain; q=2"
      })
  void aHeaderThatCannotBeParsedGetsAProblemAndNoLine(String path, String header, String value)
      throws Exception {
    HttpResponse<String> refused = post(path, header, value);

    assertEquals(400, refused.statusCode(), refused.body());
    assertEquals(
        "application/problem+json", refused.headers().firstValue("Content-Type").orElse("none"));
    assertTrue(refused.body().contains("\"code\":\"invalid_request\""), refused.body());
    assertEquals(0, linesWith("RESTEASY00"));
  }

  @Test
  void aMethodThatAPathDoesNotHaveGetsAProblem() throws Exception {
    HttpResponse<String> refused = post("/me", "Content-Type", "application/json");

    assertEquals(405, refused.statusCode(), refused.body());
    assertEquals(
        "application/problem+json", refused.headers().firstValue("Content-Type").orElse("none"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"BREW", "TRACE", "PUT"})
  void aMethodThatNoPageHasIsRefused(String method) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.server().uri("/login.html"))
            .method(method, BodyPublishers.noBody())
            .build();

    assertEquals(
        405, HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode());
  }

  private HttpResponse<String> post(String path, String header, String value) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.server().uri("/api" + path))
            .header("Authorization", WireClient.authorization("publisher"))
            .header(header, value)
            .POST(BodyPublishers.ofString("{}"))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }

  private long linesWith(String text) throws IOException {
    try (var lines = Files.lines(gateway.server().logFile())) {
      return lines.filter(line -> line.contains(text)).count();
    }
  }
}
