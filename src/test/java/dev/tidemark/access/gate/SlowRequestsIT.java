package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.RawRequest;
import dev.tidemark.testing.client.RawRequest.Answer;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.FewThreads;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.RefusalRecord;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that send or read slowly hold no thread: others are answered meanwhile, and in time. */
final class SlowRequestsIT {
  private static final int BODIES = FewThreads.THREADS + 2;
  private static final int WAITING = 2 * FewThreads.THREADS;
  private static final String HERE = "127.0.0.1";
  private static final String ELSEWHERE = "127.0.0.2";
  private static final String FAR = "127.0.0.3";
  private static final String BASIC = "Authorization: ";

  private static Gateway gateway;

  private final List<RawRequest> open = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private WireClient joined;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "slow-requests",
            Map.of(
                "tidemark.access.task-threads",
                "" + FewThreads.THREADS,
                "tidemark.access.threads-per-caller",
                "" + FewThreads.THREADS / 2,
                "tidemark.access.requests-per-minute", // the responses nobody reads are to be many
                "10000000",
                "tidemark.access.body-millis",
                "2000",
                "tidemark.access.response-millis",
                "3000",
                "tidemark.access.bodies-per-address",
                "" + BODIES,
                "tidemark.access.requests-waiting",
                "" + WAITING,
                "tidemark.access.record-every-millis",
                "500"),
            node -> node.template(FewThreads.template("slow-requests")));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void join() {
    joined = gateway.connect("alice");
    joined.create();
  }

  @AfterEach
  void close() throws IOException {
    threads.shutdownNow();
    joined.close();
    for (RawRequest one : open) {
      one.close();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.tidemark.access.gate.SlowBodies#heads")
  void aBodyThatComesSlowlyHoldsNoThreadAndHasAnEnd(List<String> head) throws Exception {
    String[] headers = head.subList(1, head.size()).toArray(String[]::new);
    boolean chunked = head.contains("Transfer-Encoding: chunked");
    for (int i = 0; i < BODIES; i++) {
      open.add(connect().head(head.get(0), headers).send(chunked ? "1\r\n" : ""));
    }
    assertOthersServed();
    for (RawRequest slow : open) {
      Answer answer = slow.read();
      assertEquals(408, answer.status(), answer.body());
      assertTrue(answer.body().contains("\"body_timeout\""), answer.body());
      assertEquals("application/problem+json", answer.header("Content-Type").orElse("none"));
      assertTrue(slow.isEnded());
    }
    awaitPlaces();
    RefusalRecord.await(gateway, 408, "body_timeout");
  }

  /** Which of them is the one too many is not said: they come on several connections. */
  @Test
  void oneBodyTooManyOfAnAddressIsRefusedUntilAnotherIsOver() throws Exception {
    Awaitility.await("all of them there at once, which a busy machine may be too slow for")
        .atMost(WireClient.PATIENCE)
        .until(() -> refusedBodies(BODIES + 1) == 1);
    awaitPlaces();
    RefusalRecord.await(gateway, 429, "too_many_bodies");
  }

  @Test
  void aResponseThatIsNotReadHoldsNoThreadForLong() throws Exception {
    List<CompletableFuture<Void>> flood = new ArrayList<>();
    for (int i = 0; i <= FewThreads.THREADS / 2; i++) { // of an address no more have a thread
      RawRequest deaf = connect();
      open.add(deaf);
      String request =
          "GET /tidemark/api/me HTTP/1.1\r\nHost: x\r\n"
              + BASIC
              + WireClient.authorization(List.of("bob", "admin", "auditor").get(i % 3))
              + "\r\n\r\n";
      flood.add(CompletableFuture.runAsync(() -> deaf.sendUntilClosed(request), threads));
    }
    CompletableFuture.allOf(flood.toArray(CompletableFuture<?>[]::new)).get(150, TimeUnit.SECONDS);
    assertOthersServed();
  }

  /** What the requests wait for is a lock in the database, so that they hold all threads. */
  @Test
  void aSocketIsHeardWhileAllThreadsAreTaken() throws Exception {
    String[] alice = {BASIC + WireClient.authorization("alice")};
    try (var held = lock("tidemark.session")) {
      for (int i = 0; i < FewThreads.THREADS; i++) {
        open.add(from(i % 2 == 0 ? HERE : ELSEWHERE).head("GET /tidemark/api/sessions", alice));
      }
      awaitWaiting(FewThreads.THREADS);
      joined.send("{\"type\":\"ping\"}").await("pong");
      held.rollback();
      for (RawRequest one : open) {
        assertEquals(200, one.read().status());
      }
    }
  }

  /** Each handshake waits for the database, which is asked for the ticket. */
  @Test
  void strangersAtOneAddressTakeHalfOfTheThreads() throws Exception {
    try (var held = lock("tidemark.ticket")) {
      for (int i = 0; i < FewThreads.THREADS * 2; i++) {
        open.add(knock(ELSEWHERE));
      }
      awaitWaiting(FewThreads.THREADS / 2);
      for (int i = 0; i < 3; i++) {
        assertOthersServed();
      }
      assertTrue(waiting() <= FewThreads.THREADS / 2 + 1, "the clean-up may wait too");
      held.rollback();
      for (RawRequest one : open) {
        assertEquals(401, one.read().status());
      }
    }
  }

  /** Which of them is the one too many is not said: they come on several connections. */
  @Test
  void oneRequestTooManyInTheLineOfAnAddressIsRefused() throws Exception {
    try (var held = lock("tidemark.ticket")) {
      for (int i = 0; i <= FewThreads.THREADS / 2 + WAITING; i++) {
        open.add(knock(FAR));
      }
      RefusalRecord.await(gateway, 429, "too_many_requests");
      assertOthersServed();
      held.rollback();
      List<Integer> statuses = new ArrayList<>();
      for (RawRequest one : open) {
        Answer answer = one.read();
        statuses.add(answer.status());
        assertEquals(answer.status() == 429, answer.body().contains("\"too_many_requests\""));
      }
      assertEquals(1, Collections.frequency(statuses, 429));
      assertEquals(open.size() - 1, Collections.frequency(statuses, 401));
    }
  }

  /** A handshake that has to ask the database. */
  private static RawRequest knock(String address) throws IOException {
    return from(address)
        .head("GET /tidemark/ws", "Sec-WebSocket-Protocol: tidemark.v1, ticket." + "x".repeat(43));
  }

  private static Connection lock(String table) throws SQLException {
    Connection held = gateway.database().connect();
    held.setAutoCommit(false);
    try (var statement = held.createStatement()) {
      statement.execute("lock table " + table + " in access exclusive mode");
    }
    return held;
  }

  private static void awaitWaiting(int requests) {
    Awaitility.await("all of them wait")
        .atMost(WireClient.PATIENCE)
        .until(() -> waiting() >= requests);
  }

  private static long waiting() {
    return gateway
        .database()
        .value(
            Long.class,
            "select count(*) from pg_locks where not granted and locktype = 'relation'");
  }

  private RawRequest connect() throws IOException {
    return from(HERE);
  }

  private static RawRequest from(String address) throws IOException {
    return RawRequest.connect(gateway.server().uri("/"), address);
  }

  private static RawRequest slowLogout(String address) throws IOException {
    return from(address)
        .head("POST /tidemark/api/backchannel-logout", SlowBodies.FORM, "Content-Length: 500")
        .send("l");
  }

  /** Sends a body of several packets, and returns the status. */
  private static int logout(String address) throws IOException {
    try (RawRequest next = slowLogout(address)) {
      return next.send("x".repeat(499)).read().status();
    }
  }

  private int refusedBodies(int bodies) throws IOException {
    List<RawRequest> slow = new ArrayList<>();
    for (int i = 0; i < bodies; i++) {
      slow.add(slowLogout(HERE));
    }
    open.addAll(slow);
    assertEquals(400, logout(ELSEWHERE), "another address has places of its own");
    int refused = 0;
    for (RawRequest one : slow) {
      Answer answer = one.read();
      if (answer.status() != 408) {
        assertEquals(429, answer.status(), answer.body());
        assertTrue(answer.body().contains("\"too_many_bodies\""), answer.body());
        assertEquals(Optional.of("1"), answer.header("Retry-After"));
        refused++;
      }
    }
    return refused;
  }

  private static void awaitPlaces() {
    Awaitility.await("a place for a body")
        .atMost(WireClient.PATIENCE)
        .until(() -> logout(HERE) == 400);
  }

  private void assertOthersServed() throws IOException {
    try (RawRequest other =
        connect().head("GET /tidemark/api/me", BASIC + WireClient.authorization("alice"))) {
      assertEquals(200, other.read().status());
    }
    joined.send("{\"type\":\"ping\"}").await("pong");
  }
}
