package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.RawRequest;
import dev.tidemark.testing.client.RawRequest.Answer;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.FewThreads;
import dev.tidemark.testing.gateway.Gateway;
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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What one principal may ask of REST, at a time and a minute; others notice nothing of it. */
final class RestLimitsIT {
  private static final int AT_ONCE = 2;
  private static final int PER_MINUTE = 60;
  private static final int PUBLISHES = 6;
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
        assertTooMany(fromElsewhere());
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
    assertEquals(200, rest.send("admin", "GET", "/me").statusCode());
    long again = System.nanoTime();
    assertTooMany(me("auditor", "127.0.0.1", "Cookie: JSESSIONID=of-nobody"));
    assertTrue(System.nanoTime() - again >= REFUSED_AFTER_NANOS, "who does not wait has to");
    awaitRecorded("auditor", 2);
    TimeUnit.SECONDS.sleep(Integer.parseInt(answer.header("Retry-After").orElseThrow()));
    assertEquals(200, me("auditor").status(), "who waits need not");
  }

  @Test
  void bodiesCountAsFramesDo() throws Exception {
    String session;
    try (WireClient bob = gateway.connect("bob")) {
      session = bob.create().string("session_id");
    }
    int published = 0;
    HttpResponse<String> answer = publish(session);
    while (answer.statusCode() == 201) {
      published++;
      answer = publish(session);
    }
    assertTrue(published >= 1, "the first is within the limit, however large: " + answer.body());
    assertEquals(429, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains("\"too_many_bytes\""), answer.body());
    assertEquals(200, rest.send("admin", "GET", "/me").statusCode());
    TimeUnit.SECONDS.sleep(answer.headers().firstValueAsLong("Retry-After").orElseThrow());
    publisherHasALimitOfItsOwn(published + 1);
  }

  private static void publisherHasALimitOfItsOwn(int takenBefore) throws Exception {
    long start = System.nanoTime();
    int taken = takenBefore;
    Answer answer = me("publisher");
    while (answer.status() == 200 && taken < 10 * PUBLISHES) {
      taken++;
      answer = me("publisher");
    }
    long refilled = (System.nanoTime() - start) * PUBLISHES / MINUTE_NANOS + 1;
    assertTooMany(answer);
    assertTrue(taken >= PUBLISHES && taken <= PUBLISHES + refilled + 1, taken + " were taken");
  }

  private static HttpResponse<String> publish(String session) throws Exception {
    return rest.send(
        "publisher",
        "POST",
        "/sessions/" + session + "/events",
        "{\"type\":\"note\",\"data\":{\"text\":\"" + "x".repeat(BYTES_PER_SECOND) + "\"}}");
  }

  private static Answer fromElsewhere() throws IOException {
    return me("alice", "127.0.0.2");
  }

  private static Answer me(String account) throws IOException {
    return me(account, "127.0.0.1");
  }

  private static Answer me(String account, String from) throws IOException {
    return me(account, from, "X-More: nothing");
  }

  private static Answer me(String account, String from, String header) throws IOException {
    try (RawRequest request = RawRequest.connect(gateway.server().uri("/"), from)) {
      return request
          .head(
              "GET /tidemark/api/me", "Authorization: " + WireClient.authorization(account), header)
          .read();
    }
  }

  private static void assertTooMany(Answer answer) {
    assertEquals(429, answer.status(), answer.body());
    assertEquals("application/problem+json", answer.header("Content-Type").orElse("none"));
    assertTrue(answer.body().contains("\"too_many_requests\""), answer.body());
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
