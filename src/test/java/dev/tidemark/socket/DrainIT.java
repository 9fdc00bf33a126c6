package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.ResumingClient;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.RefusingTrigger;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Rest;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A node that is taken out of service: clients are told to come back, turns finish or are handed
 * on, nothing is lost. The tests share one server, the mildest first; its pages have one event.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class DrainIT {
  /** So many that chance does not give all of them the same of the three times. */
  private static final int CLIENTS = 20;

  /** Words of an answer that takes longer than any drain. */
  private static final int ENDLESS = 600;

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "drain",
            Map.of(
                "tidemark.drain.spread-millis",
                "3000",
                "tidemark.drain.turns-millis",
                "8000",
                "tidemark.delivery.page-events",
                "1"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  @Order(1)
  void drainingIsForOperatorsOfTheNodeAndNotForAdministratorsOfATenant() throws Exception {
    assertEquals(403, drain("admin"));
    assertEquals(403, drain("alice"));
    assertEquals(403, drain("auditor"));
    assertEquals(401, drain("nobody"));
    assertTrue(gateway.server().isReady());
  }

  @Test
  @Order(1)
  @SuppressWarnings("try") // the trigger is only there
  void aDrainThatCannotBeRecordedIsNotDone() throws Exception {
    try (RefusingTrigger refusing =
        RefusingTrigger.atCommit(gateway.database(), "tidemark.admin_record", "true")) {
      assertEquals(500, drain("operator"));
      assertTrue(gateway.server().isReady());
    }
  }

  /** Both are on the record, and the clients that had not been sent away yet stay. */
  @Test
  @Order(1)
  void aDrainIsUndone() throws Exception {
    try (WireClient client = gateway.connect("alice")) {
      client.create();
      Rest rest = new Rest(gateway);
      assertEquals(202, drain("operator"));
      assertEquals(503, handshakeStatus());
      assertEquals(403, rest.send("admin", "POST", "/node/resume").statusCode());
      assertEquals(204, rest.send("operator", "POST", "/node/resume").statusCode());
      assertTrue(gateway.server().isReady());
      try (WireClient next = gateway.connect("alice")) {
        next.create();
        next.say("one two", "m-1", 0).awaitEvent("stream_end");
      }
    }
    assertEquals(
        List.of(List.of("drain", "operator"), List.of("resume", "operator")),
        gateway
            .database()
            .rows("select operation, principal from audit.admin_history order by acted_at"));
  }

  @Test
  @Order(2)
  void aDrainSendsEachClientAwayWithATimeOfItsOwnWhileTurnsGoOn() throws Exception {
    List<WireClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(gateway.connect("alice"));
    }
    String sessionId = clients.get(0).create().string("session_id");
    clients.subList(1, CLIENTS).forEach(client -> client.join(sessionId));
    clients.get(0).say("one two three four five six seven eight", "m", 500);
    clients.get(0).awaitEvent("token_stream");

    assertEquals(202, drain("operator"));
    assertFalse(gateway.server().isReady());
    assertEquals(503, handshakeStatus());
    List<Long> retryAfter = new ArrayList<>();
    for (WireClient client : clients) {
      retryAfter.add(client.awaitSentAway().number("retry_after_seconds"));
    }
    assertTrue(
        retryAfter.stream().allMatch(seconds -> 1 <= seconds && seconds <= 3), "" + retryAfter);
    assertTrue(retryAfter.stream().distinct().count() > 1, "all at once: " + retryAfter);
    Awaitility.await()
        .atMost(WireClient.PATIENCE)
        .until(() -> last(sessionId).type().equals("stream_end"));
    assertEquals("{\"outcome\":\"completed\"}", last(sessionId).payload());

    gateway.server().stop();
    gateway.server().start().awaitReady();
    try (WireClient client = gateway.connect("alice")) {
      client.join(sessionId, 0);
      client.await("replay_complete");
      assertEquals(cursors(sessionId), seqs(client.events()));
    }
  }

  @Test
  @Order(3)
  void aServerThatIsStoppedLetsShortTurnsFinishAndHandsOnLongOnes() throws Exception {
    try (ResumingClient brief = open();
        ResumingClient lengthy = open()) {
      brief.say("one two three four", "m", 300);
      lengthy.say("word ".repeat(ENDLESS), "m", 300);
      until(brief, lengthy, () -> has(brief, "token_stream") && has(lengthy, "token_stream"));
      gateway.server().stop();

      assertEquals("{\"outcome\":\"completed\"}", last(brief.sessionId()).payload());
      assertEquals("{\"outcome\":\"interrupted\"}", last(lengthy.sessionId()).payload());
      Logged interrupted = beforeLast(lengthy.sessionId());
      assertTrue(
          interrupted.payload().startsWith("{\"reason\":\"node_stopping\",\"retried\":true"),
          interrupted.payload());
      assertEquals(0L, turns("running"));
      assertEquals(List.of(), gateway.database().invariantViolations());
      assertTrue(console().contains("TIDE0308 Handing on 1 turns."));
      assertFalse(console().contains("WFLYEE0043"), "a bean was gone too early");

      gateway.server().start();
      until(brief, lengthy, () -> saysAfter(lengthy, "turn_interrupted", "token_stream"));
      gateway.server().awaitReady();
      abort(lengthy.sessionId());
      until(brief, lengthy, () -> has(lengthy, "aborted"));
      until(brief, lengthy, () -> isWhole(brief) && isWhole(lengthy));
      assertEquals(
          List.of("turn_started", "turn_interrupted", "turn_started", "aborted"),
          types(lengthy).stream()
              .filter(type -> type.equals("aborted") || type.startsWith("turn_"))
              .toList());
    }
  }

  private static ResumingClient open() {
    return ResumingClient.open(
        gateway.server().socketUri("/ws"), "alice", "drain-" + UUID.randomUUID());
  }

  private static void until(ResumingClient one, ResumingClient other, BooleanSupplier condition) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .until(
            () -> {
              one.step();
              other.step();
              return condition.getAsBoolean();
            });
  }

  private static void abort(String sessionId) {
    try (WireClient client = gateway.connect("alice")) {
      client.join(sessionId);
      client.send("{\"type\":\"abort\"}").awaitEvent("stream_end");
    }
  }

  private static boolean saysAfter(ResumingClient client, String first, String next) {
    List<String> types = types(client);
    return types.contains(first) && types.lastIndexOf(next) > types.indexOf(first);
  }

  private static boolean has(ResumingClient client, String type) {
    return types(client).contains(type);
  }

  private static List<String> types(ResumingClient client) {
    return client.events().stream().map(Frame::type).toList();
  }

  private static boolean isWhole(ResumingClient client) {
    return seqs(client.events()).equals(cursors(client.sessionId()));
  }

  private static List<Long> seqs(List<Frame> events) {
    return events.stream().map(frame -> frame.number("seq")).toList();
  }

  private static List<Long> cursors(String sessionId) {
    return gateway.database().log(sessionId).stream().map(Logged::cursor).toList();
  }

  private static Logged last(String sessionId) {
    List<Logged> log = gateway.database().log(sessionId);
    return log.get(log.size() - 1);
  }

  private static Logged beforeLast(String sessionId) {
    List<Logged> log = gateway.database().log(sessionId);
    return log.get(log.size() - 2);
  }

  private static Long turns(String status) {
    return gateway
        .database()
        .value(Long.class, "select count(*) from tidemark.turn where status = ?", status);
  }

  private static String console() throws Exception {
    return Files.readString(gateway.server().baseDirectory().resolve("console.log"));
  }

  private static int drain(String account) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.server().uri("/api/node/drain"))
            .header("Authorization", WireClient.authorization(account))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }

  private static int handshakeStatus() {
    try {
      gateway.connect("alice").close();
      return 101;
    } catch (CompletionException refused) {
      return ((WebSocketHandshakeException) refused.getCause()).getResponse().statusCode();
    }
  }
}
