package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.RawRequest;
import dev.tidemark.testing.client.RawRequest.Answer;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.FewThreads;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Guest;
import dev.tidemark.testing.gateway.RefusalRecord;
import dev.tidemark.testing.gateway.Rest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What one principal may ask, at a time and a minute; others notice nothing of it. */
final class RestLimitsIT {
  private static final int AT_ONCE = 2;
  private static final int PER_MINUTE = 30;
  private static final int PUBLISHES = 12;
  private static final int JOINS = 3;
  private static final int BYTES_PER_SECOND = 20_000;
  private static final long REFUSED_AFTER_NANOS = 800_000_000L;
  private static final long MINUTE_NANOS = 60_000_000_000L;
  private static final ExecutorService THREADS = Executors.newCachedThreadPool();

  private static Gateway gateway;
  private static Rest rest;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "rest-limits",
            Map.of(
                "tidemark.access.task-threads", "" + FewThreads.THREADS,
                "tidemark.access.requests-at-once", "" + AT_ONCE,
                "tidemark.access.threads-per-caller", "" + AT_ONCE,
                "tidemark.access.publishes-per-minute", "" + PUBLISHES,
                "tidemark.access.requests-per-minute", "" + PER_MINUTE,
                "tidemark.access.bytes-per-second", "" + BYTES_PER_SECOND,
                "tidemark.access.joins-per-minute", "" + JOINS,
                "tidemark.access.record-every-millis", "500"),
            node -> node.template(FewThreads.template("rest-limits")));
    rest = new Rest(gateway);
  }

  @AfterAll
  static void stop() {
    THREADS.shutdownNow();
    gateway.close();
  }

  /** What the calls wait for is a lock in the database. */
  @Test
  void onePrincipalTakesAPartOfTheThreadsAndNoMore() throws Exception {
    try (var held = gateway.database().connect()) {
      held.setAutoCommit(false);
      held.createStatement().execute("lock table tidemark.session in access exclusive mode");
      List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        waiting.add(sessionsOf("alice"));
      }
      Awaitility.await("they wait")
          .atMost(WireClient.PATIENCE)
          .until(() -> waitingForTheLock() >= AT_ONCE);
      CompletableFuture<HttpResponse<String>> inLine = sessionsOf("alice");
      for (int i = 0; i < 3; i++) {
        assertTooMany(ask("127.0.0.2", "/api/me", "alice"));
        assertEquals(200, rest.send("bob", "GET", "/me").statusCode());
      }
      assertFalse(inLine.isDone());
      waiting.add(inLine);
      held.rollback();
      for (CompletableFuture<HttpResponse<String>> one : waiting) {
        assertEquals(200, one.get(60, TimeUnit.SECONDS).statusCode());
      }
    }
    assertEquals(200, rest.send("alice", "GET", "/me").statusCode(), "all places are free again");
    awaitRecorded("alice", 3);
  }

  @Test
  void oneRequestTooManyAMinuteIsToldToWait() throws Exception {
    long start = System.nanoTime();
    int taken = 0;
    Answer answer = me("auditor");
    while (answer.status() == 200 && taken < 10 * PER_MINUTE) {
      taken++;
      answer = me("auditor");
    }
    long refilled = (System.nanoTime() - start) * PER_MINUTE / MINUTE_NANOS + 1;
    assertTooMany(answer);
    assertTrue(taken >= PER_MINUTE && taken <= PER_MINUTE + refilled, taken + " were taken");
    long again = System.nanoTime();
    assertTooMany(ask("127.0.0.1", "/api/me", "auditor", "Cookie: JSESSIONID=of-nobody"));
    assertTrue(System.nanoTime() - again >= REFUSED_AFTER_NANOS, "who does not wait has to");
    assertEquals(200, rest.send("admin", "GET", "/me").statusCode());
    awaitRecorded("auditor", 2);
    TimeUnit.SECONDS.sleep(Integer.parseInt(answer.header("Retry-After").orElseThrow()));
    assertEquals(200, me("auditor").status(), "who waits need not");
  }

  /** Who waits as long as it is told is taken, though what was refused counts too. */
  @Test
  void bodiesCountAsFramesDo() throws Exception {
    String session;
    try (WireClient bob = gateway.connect("bob")) {
      session = bob.create().string("session_id");
    }
    long start = System.nanoTime();
    int published = 0;
    for (boolean chunked : new boolean[] {false, true}) {
      Answer answer = publish(session, chunked);
      int before = published;
      while (answer.status() == 201) {
        published++;
        answer = publish(session, chunked);
      }
      assertTrue(published > before, "the first is taken, however large: " + answer.body());
      assertEquals(429, answer.status(), answer.body());
      assertTrue(answer.body().contains("\"too_many_bytes\""), answer.body());
      assertEquals(200, rest.send("admin", "GET", "/me").statusCode());
      TimeUnit.SECONDS.sleep(Integer.parseInt(answer.header("Retry-After").orElseThrow()));
    }
    publisherHasALimitOfItsOwn(published, start);
    RefusalRecord.await(gateway, 429, "too_many_bytes");
  }

  private static void publisherHasALimitOfItsOwn(int published, long start) throws Exception {
    int taken = published;
    Answer answer = me("publisher");
    while (answer.status() == 200 && taken < 10 * PUBLISHES) {
      taken++;
      answer = me("publisher");
    }
    long refilled = (System.nanoTime() - start) * PUBLISHES / MINUTE_NANOS + 1;
    assertTooMany(answer);
    assertTrue(taken >= PUBLISHES && taken <= PUBLISHES + refilled, taken + " were taken");
  }

  private static Answer publish(String session, boolean chunked) throws IOException {
    String event =
        "{\"type\":\"note\",\"data\":{\"text\":\"" + "x".repeat(BYTES_PER_SECOND) + "\"}}";
    String size = Integer.toHexString(event.length());
    try (RawRequest request = RawRequest.connect(gateway.server().uri("/"))) {
      return request
          .head(
              "POST /tidemark/api/sessions/" + session + "/events",
              "Authorization: " + WireClient.authorization("publisher"),
              "Content-Type: application/json",
              chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + event.length())
          .send(chunked ? size + "\r\n" + event + "\r\n0\r\n\r\n" : event)
          .read();
    }
  }

  /** Who is let in as far as to the handshake and asks for no upgrade gets 426. */
  @Test
  void whoUsedUpItsJoinsIsRefusedBeforeItsPasswordIsLookedAtAndKeepsItsRest() throws Exception {
    String login = "Cookie: " + new Guest(gateway).login("alice");
    try (WireClient alice = gateway.connect("alice")) {
      Frame answer = alice.create();
      for (int i = 0; answer.is("joined") && i < 10 * JOINS; i++) {
        answer = alice.create();
      }
      assertEquals("too_many_joins", answer.string("code"));
    }
    for (String credentials :
        List.of("Authorization: " + WireClient.authorization("alice"), login)) {
      assertTooMany("too_many_joins", knock(credentials));
      for (String spelling : spellings(credentials)) {
        long again = System.nanoTime();
        assertTooMany("too_many_joins", knock(spelling));
        assertTrue(System.nanoTime() - again >= REFUSED_AFTER_NANOS, "who does not wait has to");
      }
    }
    assertEquals(426, ask("127.0.0.1", "/ws", "bob").status());
    assertEquals(200, me("alice").status());
  }

  /** The same credentials, written in another way. */
  private static List<String> spellings(String credentials) {
    return credentials.startsWith("Cookie")
        ? List.of(credentials, credentials + ".another-node")
        : List.of(
            credentials,
            credentials.replace("Basic ", "bAsIc   "),
            credentials.replace("=", ""),
            credentials.replace("U=", "V=")); // bits that no byte has
  }

  private static Answer knock(String credentials) throws IOException {
    return send(
        "127.0.0.1",
        "/ws",
        credentials,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
  }

  /** With a link on its page it could use up what the visitor may ask. */
  @Test
  void whatAnotherSitesPageAsksWithItsVisitorsCookieCountsForNobody() throws Exception {
    String login = "Cookie: " + new Guest(gateway).login("operator");
    for (int i = 0; i <= PER_MINUTE; i++) {
      for (String site : List.of("cross-site", "same-site")) {
        Answer refused = send("127.0.0.1", "/api/me", login, "Sec-Fetch-Site: " + site);
        assertEquals(403, refused.status(), refused.body());
        assertTrue(refused.body().contains("\"foreign_origin\""), refused.body());
      }
    }
    for (String site : List.of("same-origin", "none")) {
      assertEquals(200, send("127.0.0.1", "/api/me", login, "Sec-Fetch-Site: " + site).status());
    }
  }

  private static Answer me(String account) throws IOException {
    return ask("127.0.0.1", "/api/me", account);
  }

  private static Answer ask(String from, String path, String account, String... headers)
      throws IOException {
    String authorization = "Authorization: " + WireClient.authorization(account);
    return send(
        from,
        path,
        Stream.concat(Stream.of(authorization), Stream.of(headers)).toArray(String[]::new));
  }

  private static Answer send(String from, String path, String... headers) throws IOException {
    try (RawRequest request = RawRequest.connect(gateway.server().uri("/"), from)) {
      return request.head("GET /tidemark" + path, headers).read();
    }
  }

  private static void assertTooMany(Answer answer) {
    assertTooMany("too_many_requests", answer);
  }

  private static void assertTooMany(String code, Answer answer) {
    assertEquals(429, answer.status(), answer.body());
    assertEquals("application/problem+json", answer.header("Content-Type").orElse("none"));
    assertTrue(answer.body().contains("\"" + code + "\""), answer.body());
    assertTrue(answer.header("Retry-After").map(Integer::valueOf).orElse(0) >= 1);
  }

  private static void awaitRecorded(String account, long times) {
    Awaitility.await("the record")
        .atMost(WireClient.PATIENCE)
        .until(
            () ->
                gateway
                        .database()
                        .value(
                            Long.class,
                            "select coalesce(sum(times), 0)::bigint from audit.refusal_history"
                                + " where code = 'too_many_requests' and principal = '%s'"
                                    .formatted(account))
                    == times);
  }

  private static long waitingForTheLock() {
    return gateway
        .database()
        .value(
            Long.class,
            "select count(*) from pg_locks where not granted and locktype = 'relation'");
  }

  private static CompletableFuture<HttpResponse<String>> sessionsOf(String account) {
    return CompletableFuture.supplyAsync(() -> rest.send(account, "GET", "/sessions"), THREADS);
  }
}
