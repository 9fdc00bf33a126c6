package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.tools.run.WildFlyServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/** Knocks at every door of a node, and checks what a refusal tells. */
record DoorVisitor(WildFlyServer server) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded";

  /** What no caller is told: addresses, roles, versions, variables of the server. */
  private static final Pattern SECRET = Pattern.compile("[0-9_/]|TIDEMARK|SQL|FATAL");

  private static final Map<String, String> BODIES =
      Map.of(
          "PUT /api/sessions/doors/members/carol", "{\"access\":\"read\"}",
          "POST /api/sessions/doors/events", "{\"type\":\"broadcast\",\"data\":{}}",
          "POST /api/sessions/doors/floor", "{\"why\":\"a test\"}",
          "POST /api/revocations", "{\"principal\":\"nobody of that name\"}",
          "POST /api/backchannel-logout", "logout_token=a.b.c",
          "POST /j_security_check", "j_username=alice&j_password=alice");

  /**
   * Knocks at a door.
   *
   * @param door method and path below the application, or below the management port's root
   * @param account a development account, {@code -} for nobody, or {@code ticket}
   * @param message what a caller has to be told who is refused with 503
   * @return the status of the response
   */
  int knock(String door, String account, String message) {
    String path = door.substring(door.indexOf(' ') + 1);
    return path.equals("/ws") ? handshake(account, message) : request(door, account, message);
  }

  /** The status of the response to a GET by an administrator, whatever it says. */
  int status(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address(path))
            .header("Authorization", WireClient.authorization("admin"))
            .build();
    return HTTP.send(request, BodyHandlers.discarding()).statusCode();
  }

  private URI address(String path) {
    return isManagement(path) ? server.managementUri(path) : server.uri(path);
  }

  private static boolean isManagement(String path) {
    return path.startsWith("/health") || path.startsWith("/metrics");
  }

  private int request(String door, String account, String message) {
    String path = door.substring(door.indexOf(' ') + 1);
    String body = BODIES.get(door);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(path))
            .method(
                door.substring(0, door.indexOf(' ')),
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!account.equals("-")) {
      request.header("Authorization", WireClient.authorization(account));
    }
    if (body != null) {
      request.header("Content-Type", body.startsWith("{") ? JSON : FORM);
    }
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      if (response.statusCode() == 503 && !isManagement(path)) {
        assertTrue(response.headers().firstValue("Retry-After").isPresent(), door);
        assertRefusal(response.body(), message);
      }
      return response.statusCode();
    } catch (IOException e) {
      throw new AssertionError(door, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A handshake by hand: a client of WebSockets keeps the body of a refusal to itself. */
  private int handshake(String account, String message) {
    String credentials =
        switch (account) {
          case "-" -> "";
          case "ticket" -> "Sec-WebSocket-Protocol: tidemark.v1, ticket." + "x".repeat(43) + "\r\n";
          default -> "Authorization: " + WireClient.authorization(account) + "\r\n";
        };
    String request =
        """
        GET /tidemark/ws HTTP/1.1\r
        Host: 127.0.0.1:%d\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        %s\r
        """
            .formatted(server.httpPort(), credentials);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.httpPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String response = head(socket.getInputStream());
      int status = Integer.parseInt(response.split(" ", 3)[1]);
      if (status == 503) {
        assertTrue(response.contains("Retry-After: "), response);
        assertRefusal(response.substring(response.indexOf("\r\n\r\n") + 4), message);
      }
      return status;
    } catch (IOException e) {
      throw new AssertionError("handshake as " + account, e);
    }
  }

  /** Reads a response until its body, a flat JSON object, is complete or there is none. */
  private static String head(InputStream in) throws IOException {
    StringBuilder read = new StringBuilder();
    while (!read.toString().matches("(?s).*\r\n\r\n(\\{.*})?")
        || (read.toString().contains("problem+json") && !read.toString().endsWith("}"))) {
      int next = in.read();
      if (next < 0) {
        return read.toString();
      }
      read.append((char) next);
    }
    return read.toString();
  }

  private static void assertRefusal(String body, String message) {
    JsonObject problem = json(body);
    assertEquals("unavailable", problem.getString("code"), body);
    assertEquals(message, problem.getString("message"));
    assertFalse(SECRET.matcher(problem.getString("message")).find(), body);
  }

  /** The status of the node, as an auditor reads it. */
  JsonObject node() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/api/node"))
            .header("Authorization", WireClient.authorization("auditor"))
            .build();
    return json(HTTP.send(request, BodyHandlers.ofString()).body());
  }

  private static JsonObject json(String text) {
    try (var reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }
}
