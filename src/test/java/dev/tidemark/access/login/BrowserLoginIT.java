package dev.tidemark.access.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.wire.CloseCode;
import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A socket that was opened with a browser's login ends with that login, and not before. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BrowserLoginIT {
  private static final Duration IDLE = Duration.ofSeconds(8);

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "login",
            Map.of(
                "tidemark.access.login-idle-millis",
                "" + IDLE.toMillis(),
                "tidemark.wire.heartbeat-millis",
                "400"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  @Order(1)
  void loggingOutEndsTheSocketsOfThatLoginAndNoOthers() throws Exception {
    try (Visit visit = new Visit();
        Visit another = new Visit();
        WireClient joined = visit.connect();
        WireClient fresh = visit.connect();
        WireClient elsewhere = another.connect();
        WireClient program = gateway.connect("alice")) {
      joined.create();
      elsewhere.create();
      visit.post("/api/logout");
      assertEquals("logged_out", joined.await("error").string("code"));
      assertEquals("reauthenticate", fresh.await("hello_error").string("next_step"));
      assertEquals(CloseCode.CREDENTIALS, joined.awaitClose());
      assertEquals(CloseCode.CREDENTIALS, fresh.awaitClose());
      elsewhere.send("{\"type\":\"ping\"}").await("pong");
      program.send("{\"type\":\"ping\"}").await("pong");
    }
  }

  @Test
  @Order(1)
  void credentialsThatDoNotEndAreNotRenewed() {
    try (WireClient client = gateway.connect("alice")) {
      Frame hello = client.send("{\"type\":\"hello\"}").await("hello_ok");
      assertFalse(hello.json().getJsonObject("policy").containsKey("auth_expires_in_ms"));
      client.send("{\"type\":\"auth\",\"token\":\"secret\"}");
      assertEquals("auth_unavailable", client.await("error").string("code"));
      client.send("{\"type\":\"ping\"}").await("pong");
    }
  }

  /**
   * Three logins, each with a socket and without requests: the first client only pings, the second
   * sends messages, the third only receives events.
   */
  @Test
  @Order(2)
  void anIdleLoginEndsWithItsSocketAndABusySocketKeepsIts() throws Exception {
    try (Visit idleVisit = new Visit();
        Visit speakingVisit = new Visit();
        Visit hearingVisit = new Visit();
        WireClient idle = idleVisit.connect();
        WireClient speaking = speakingVisit.connect();
        WireClient hearing = hearingVisit.connect()) {
      idle.create();
      hearing.join(speaking.create().string("session_id"));
      long begin = System.nanoTime();
      int[] said = {0};
      Awaitility.await("the idle login ends, and time enough passes for the busy ones")
          .atMost(Duration.ofSeconds(90))
          .pollInterval(Duration.ofMillis(400))
          .until(
              () -> {
                idle.trySend("{\"type\":\"ping\"}");
                idle.trySend("{\"type\":\"pong\"}");
                speaking.say("still here", "m-" + said[0]++, 0);
                return idle.closeCode().isPresent()
                    && System.nanoTime() - begin > IDLE.multipliedBy(2).toNanos();
              });
      assertEquals(CloseCode.CREDENTIALS, idle.awaitClose());
      assertEquals("logged_out", idle.await("error").string("code"));
      assertEquals(401, idleVisit.get("/api/me"));
      assertTrue(speaking.closeCode().isEmpty());
      assertTrue(hearing.closeCode().isEmpty());
      assertEquals(200, speakingVisit.get("/api/me"), "its login lives");
      assertEquals(200, hearingVisit.get("/api/me"), "its login lives");
      assertFalse(hearing.events().isEmpty());
    }
  }

  /** 4001 would tell the page to stop, but the page is to come back. */
  @Test
  @Order(3)
  void aNodeThatStopsEndsNoLogin() throws Exception {
    try (Visit visit = new Visit();
        WireClient client = visit.connect()) {
      client.create();
      gateway.server().stop();
      int code = client.awaitClose();
      assertNotEquals(CloseCode.CREDENTIALS, code);
      assertTrue(CloseCode.comeBack(code), "closed with " + code);
    }
  }

  /** The cookies of a browser that has logged in with the form. */
  private static final class Visit implements AutoCloseable {
    private final CookieManager cookies = new CookieManager();
    private final HttpClient http = HttpClient.newBuilder().cookieHandler(cookies).build();

    Visit() throws IOException, InterruptedException {
      get("/");
      HttpRequest login =
          HttpRequest.newBuilder(uri("/j_security_check"))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString("j_username=alice&j_password=alice"))
              .build();
      http.send(login, BodyHandlers.discarding());
      assertEquals(200, get("/api/me"));
    }

    int get(String path) throws IOException, InterruptedException {
      return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.discarding())
          .statusCode();
    }

    void post(String path) throws IOException, InterruptedException {
      HttpRequest request = HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody()).build();
      http.send(request, BodyHandlers.discarding());
    }

    WireClient connect() {
      String cookie =
          cookies.getCookieStore().getCookies().stream()
              .map(HttpCookie::toString)
              .collect(Collectors.joining("; "));
      return WireClient.connect(
          gateway.server().socketUri("/ws"), handshake -> handshake.header("Cookie", cookie));
    }

    private static URI uri(String path) {
      return gateway.server().uri(path);
    }

    @Override
    public void close() {}
  }
}
