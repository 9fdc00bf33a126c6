package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Guest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Admission before the upgrade: the callers let in, and the HTTP responses to all others. */
final class HandshakeIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String FOREIGN = "https://elsewhere.example";
  private final Gateway gateway = Gateway.shared();

  @Test
  void nobodyGetsNoSocket() {
    assertEquals(401, handshake(Optional.empty(), Optional.empty()));
    assertEquals(401, handshake(Optional.of(basic("alice", "wrong")), Optional.empty()));
    assertEquals(401, handshake(Optional.of(basic("mallory", "mallory")), Optional.empty()));
    assertEquals(401, handshake(Optional.of("Basic !!!"), Optional.empty()));
    assertEquals(401, handshake(Optional.of("Basic " + base64("nocolon")), Optional.empty()));
    assertEquals(401, handshake(Optional.of("Bearer x"), Optional.empty()));
  }

  @Test
  void theSocketIsForUsers() {
    assertEquals(101, handshake(Optional.of(basic("alice", "alice")), Optional.empty()));
    assertEquals(101, handshake(Optional.of(basic("bob", "bob")), Optional.empty()));
    assertEquals(403, handshake(Optional.of(basic("auditor", "auditor")), Optional.empty()));
    assertEquals(403, handshake(Optional.of(basic("admin", "admin")), Optional.empty()));
  }

  @Test
  void aPageFromElsewhereGetsNoSocketWhoeverItsUserIs() {
    Optional<String> alice = Optional.of(basic("alice", "alice"));
    URI own = gateway.server().uri("/");
    String ownOrigin = "http://" + own.getHost() + ":" + own.getPort();
    assertEquals(101, handshake(alice, Optional.of(ownOrigin)));
    assertEquals(403, handshake(alice, Optional.of(FOREIGN)));
    assertEquals(403, handshake(alice, Optional.of("null")));
    assertEquals(403, handshake(alice, Optional.of("http://" + own.getHost() + ":1")));
    assertEquals(
        403, handshake(alice, Optional.of("https://" + own.getHost() + ":" + own.getPort())));
    assertEquals(403, handshake(alice, Optional.of(ownOrigin + ".elsewhere.example")));
    assertEquals(403, handshake(Optional.empty(), Optional.of(FOREIGN)), "before it is asked who");
  }

  @Test
  void theRestPathsSayWhoOneIsAndWhatOneHas() throws Exception {
    HttpResponse<String> me = send(request("/api/me", "alice").GET());
    assertEquals(200, me.statusCode());
    assertEquals("{\"name\":\"alice\",\"roles\":[\"user\"]}", me.body());
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      client.say("hi", "m", 0).awaitEvent("stream_end");
      String sessions = send(request("/api/sessions", "alice").GET()).body();
      assertTrue(sessions.contains(sessionId), sessions);
      assertTrue(!send(request("/api/sessions", "bob").GET()).body().contains(sessionId));
    }
  }

  @Test
  void whoIsNotKnownIsAskedForCredentialsButAPageIsNot() throws Exception {
    for (String path : new String[] {"/api/me", "/api/sessions", "/api/nothing"}) {
      HttpResponse<String> refused = send(HttpRequest.newBuilder(gateway.server().uri(path)));
      assertEquals(401, refused.statusCode(), path);
      assertTrue(refused.headers().firstValue("WWW-Authenticate").orElse("").startsWith("Basic"));
      assertTrue(refused.body().contains("\"auth_required\""));
    }
    HttpResponse<String> toAPage =
        send(
            HttpRequest.newBuilder(gateway.server().uri("/api/me"))
                .header("Sec-Fetch-Mode", "cors"));
    assertEquals(401, toAPage.statusCode());
    assertTrue(toAPage.headers().firstValue("WWW-Authenticate").isEmpty());
  }

  @Test
  void aPageFromElsewhereChangesNothing() throws Exception {
    HttpRequest.Builder drain =
        request("/api/node/drain", "operator")
            .header("Origin", FOREIGN)
            .POST(BodyPublishers.noBody());
    assertEquals(403, send(drain).statusCode());
    assertTrue(gateway.server().isReady());
    assertEquals(
        200, send(request("/api/me", "alice").header("Origin", FOREIGN).GET()).statusCode());
  }

  /** Its browser would send the cookie beside a header of the page's own. */
  @ParameterizedTest
  @CsvSource({
    "POST, /api/tickets",
    "PUT, /api/sessions/none/members/bob",
    "DELETE, /api/sessions/none/members/bob",
    "PATCH, /api/me",
    "GET, /ws"
  })
  void aPageFromElsewhereDoesNothingWithTheCookieOfItsVisitor(String method, String path)
      throws Exception {
    Guest visitor = new Guest(gateway);
    String login = visitor.login("alice");
    for (String origin : new String[] {FOREIGN, "null"}) {
      HttpResponse<String> refused = visitor.ask(method, path, "Cookie", login, "Origin", origin);
      assertEquals(403, refused.statusCode(), refused.body());
      assertTrue(refused.body().contains("\"foreign_origin\""), refused.body());
    }
    URI own = gateway.server().uri("/");
    String ownOrigin = "http://" + own.getHost() + ":" + own.getPort();
    HttpResponse<String> heard = visitor.ask(method, path, "Cookie", login, "Origin", ownOrigin);
    assertTrue(!Set.of(401, 403).contains(heard.statusCode()), heard.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/index.html", "/index.html;a=b", "/js/app.js", "/nothing"})
  void whoHasNoAccountGetsTheLoginFormAndNoPage(String path) throws Exception {
    HttpResponse<String> answer = send(HttpRequest.newBuilder(gateway.server().uri(path)));
    assertTrue(answer.body().contains("j_security_check"), answer.body());
    assertFalse(answer.body().contains("new-session"), answer.body());
    assertFalse(answer.body().contains("import "), answer.body());
  }

  @Test
  void aProgramThatSendsItsCredentialsEachTimeLeavesNoSessionBehind() throws Exception {
    HttpResponse<String> me = send(request("/api/me", "alice").GET());
    me.headers()
        .allValues("Set-Cookie")
        .forEach(
            cookie -> {
              String session = cookie.substring(0, cookie.indexOf(';'));
              assertEquals(401, statusWithCookie(session), "the session of " + session + " lives");
            });
  }

  private int statusWithCookie(String cookie) {
    try {
      return send(HttpRequest.newBuilder(gateway.server().uri("/api/me")).header("Cookie", cookie))
          .statusCode();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private int handshake(Optional<String> authorization, Optional<String> origin) {
    WebSocket.Builder builder = HTTP.newWebSocketBuilder();
    authorization.ifPresent(value -> builder.header("Authorization", value));
    origin.ifPresent(value -> builder.header("Origin", value));
    try {
      builder
          .buildAsync(gateway.server().socketUri("/ws"), new WebSocket.Listener() {})
          .join()
          .abort();
      return 101;
    } catch (CompletionException refused) {
      return ((WebSocketHandshakeException) refused.getCause()).getResponse().statusCode();
    }
  }

  private HttpRequest.Builder request(String path, String account) {
    return HttpRequest.newBuilder(gateway.server().uri(path))
        .header("Authorization", WireClient.authorization(account));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private static String basic(String name, String password) {
    return "Basic " + base64(name + ":" + password);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
