package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.log.Storage;
import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.tools.run.WildFlyServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * While PostgreSQL is away the gateway promises nothing and loses nothing that it promised; when
 * PostgreSQL is back, everything goes on by itself.
 */
final class DatabaseAwayIT {
  /** Logged for each sweep of turns that fails; the container logs no failure of the database. */
  private static final String FAILED_CALL = "TIDE0306";

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway = Gateway.startWithOwnCluster("away", Map.of());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void theDatabaseIsThere() {
    if (!gateway.cluster().isRunning()) { // an earlier test failed halfway
      gateway.cluster().start();
    }
    Readiness.awaitUp(gateway.server());
  }

  @AfterEach
  void theInvariantsHold() {
    assertEquals(List.of(), gateway.database().invariantViolations());
  }

  @Test
  void aMessageIsRefusedWhileTheDatabaseIsAwayAndTakenOnceWhenItIsBack() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      gateway.cluster().stopImmediately();

      client.say("hello", "m-1", 0);
      Frame refusal = client.await("error");
      assertEquals("unavailable", refusal.string("code"));
      assertTrue(refusal.number("retry_after_seconds") > 0, refusal.text());
      // A message after the first refusal is refused as well: the connection stays usable.
      client.say("hello", "m-1", 0);
      client.await("error", indexAfter(client, refusal));
      assertEquals(List.of(), client.frames().stream().filter(f -> f.is("message_ack")).toList());

      gateway.cluster().start();
      Readiness.awaitUp(gateway.server());
      client.say("hello", "m-1", 0);
      assertEquals(1, client.await("message_ack").number("cursor"));
      client.awaitEvent("stream_end");
      assertHoldsTheLog(client, sessionId);
    }
  }

  @Test
  void aJoinIsRefusedWhileTheDatabaseIsAwayAndAnOpenConnectionMayTryAgain() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      gateway.cluster().stop();
      assertEquals("unavailable", client.join(sessionId, 0).string("code"));
      gateway.cluster().start();
      Readiness.awaitUp(gateway.server());
      assertEquals(sessionId, client.join(sessionId, 0).string("session_id"));
      client.say("hello", "m-1", 0).awaitEvent("stream_end");
      assertHoldsTheLog(client, sessionId);
    }
  }

  @Test
  void nobodyIsDisconnectedWithoutARecordWhileTheDatabaseIsAway() throws Exception {
    try (WireClient alice = gateway.connect("alice")) {
      gateway.cluster().stop();
      HttpRequest request =
          HttpRequest.newBuilder(gateway.server().uri("/api/revocations"))
              .header("Authorization", WireClient.authorization("admin"))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("{\"principal\":\"alice\"}"))
              .build();
      var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      assertEquals(503, answer.statusCode(), answer.body());
      assertTrue(answer.headers().firstValue("Retry-After").isPresent());
      gateway.cluster().start();
      Readiness.awaitUp(gateway.server());
      assertEquals("joined", alice.create().type());
      assertEquals(
          0L, gateway.database().value(Long.class, "select count(*) from tidemark.admin_record"));
    }
  }

  @Test
  void theNodeIsNotReadyWhileTheDatabaseIsAwayAndSaysWhy() throws Exception {
    gateway.cluster().stop();
    Readiness.awaitRefusal(gateway.server(), "The database does not answer");
    CompletionException refused =
        assertThrows(CompletionException.class, () -> gateway.connect("alice").close());
    var handshake = (WebSocketHandshakeException) refused.getCause();
    assertEquals(503, handshake.getResponse().statusCode());
    assertTrue(handshake.getResponse().headers().firstValue("Retry-After").isPresent());
    assertAsksToComeBack(
        HttpRequest.newBuilder(gateway.server().uri("/ws"))
            .header("Sec-WebSocket-Protocol", "tidemark.v1, ticket." + "x".repeat(43)));
    assertAsksToComeBack(
        HttpRequest.newBuilder(gateway.server().uri("/api/tickets"))
            .header("Authorization", WireClient.authorization("alice"))
            .POST(HttpRequest.BodyPublishers.noBody()));
    gateway.cluster().start();
    Readiness.awaitUp(gateway.server());
  }

  @Test
  void aTurnGoesOnAfterTheDatabaseWasAwayWithoutARepetitionOrAHole() {
    String words = IntStream.range(0, 40).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      client.say(words, "m-1", 50).awaitEvent("token_stream");
      gateway.cluster().stopImmediately();
      gateway.cluster().start();
      client.awaitEvent("stream_end");
      assertHoldsTheLog(client, sessionId);
      assertEquals("completed", content(client.awaitEvent("stream_end"), "outcome"));
      String tokens =
          client.events().stream()
              .filter(frame -> frame.event().is("token_stream"))
              .map(frame -> content(frame, "content"))
              .collect(Collectors.joining());
      assertEquals(words, tokens);
    }
  }

  @Test
  void whileTheDatabaseIsAwayOnlyTheWatchTriesItSoThatTheLogIsNotFlooded() throws IOException {
    List<WireClient> clients =
        IntStream.range(0, 4).mapToObj(i -> gateway.connect("alice")).toList();
    try {
      clients.forEach(WireClient::create);
      clients.forEach(client -> client.say("w ".repeat(120), "m-1", 40));
      clients.forEach(client -> client.awaitEvent("token_stream"));
      gateway.cluster().stopImmediately();
      Readiness.awaitRefusal(gateway.server(), "The database does not answer");
      long failedCalls = logged(FAILED_CALL);
      try (RefusingPort refusingPort = new RefusingPort(gateway.cluster().port())) {
        Awaitility.await("five looks in vain")
            .atMost(Duration.ofSeconds(20))
            .until(() -> refusingPort.count() >= 5);
      }
      long more = logged(FAILED_CALL) - failedCalls;
      gateway.cluster().start();
      clients.forEach(client -> client.awaitEvent("stream_end"));
      // Calls that were on their way when the node noticed may still fail, no others.
      assertTrue(more <= 2L * clients.size(), more + " calls failed that need not have been made");
    } finally {
      clients.forEach(WireClient::close);
    }
  }

  private static long logged(String id) throws IOException {
    try (Stream<String> lines = Files.lines(gateway.server().logFile())) {
      return lines.filter(line -> line.contains(id)).count();
    }
  }

  @Test
  void aSchemaThatIsNotForThisApplicationIsNotReady() {
    TestDatabase database = gateway.database();
    database.execute(
        "insert into tidemark.schema_version values (999, 'from the future', now(), 999)");
    try {
      Readiness.awaitRefusal(gateway.server(), "for applications built for 999 or newer");
      database.execute(
          "update tidemark.schema_version set compatible_from = %d where version = 999"
              .formatted(Storage.SCHEMA_VERSION));
      Readiness.awaitUp(gateway.server());
    } finally {
      database.execute("delete from tidemark.schema_version where version = 999");
    }
    Readiness.awaitUp(gateway.server());
  }

  @Test
  void aNodeStartsWithoutADatabaseAndTakesClientsWhenItAppears() {
    gateway.cluster().stop();
    try (WildFlyServer late =
        WildFlyServer.named("away-late")
            .database(gateway.cluster().app(gateway.database().name()))
            .developmentAccounts()
            .javaOption(Gateway.QUICK_START)
            .build()
            .start()) {
      Readiness.awaitRefusal(late, "The database does not answer");
      gateway.cluster().start();
      Readiness.awaitUp(late);
      try (WireClient client = WireClient.connect(late.socketUri("/ws"), "alice")) {
        client.create();
        client.say("hello", "m-1", 0).awaitEvent("stream_end");
      }
    }
    Readiness.awaitUp(gateway.server());
  }

  private static void assertAsksToComeBack(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(503, answer.statusCode(), answer.body());
    assertTrue(answer.headers().firstValue("Retry-After").isPresent());
  }

  private static void assertHoldsTheLog(WireClient client, String sessionId) {
    assertEquals(
        gateway.database().log(sessionId).stream().map(event -> event.payload()).toList(),
        client.events().stream().map(Frame::data).toList());
  }

  private static String content(Frame frame, String field) {
    return frame.event().json().getJsonObject("data").getString(field);
  }

  private static int indexAfter(WireClient client, Frame frame) {
    return client.frames().indexOf(frame) + 1;
  }
}
