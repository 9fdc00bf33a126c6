package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Rest;
import dev.tidemark.tools.run.ServerCli;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A server that is suspended drains its node first. The tests share one server. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SuspendIT {
  /** So many that chance does not give all of them the same of the ten times. */
  private static final int CLIENTS = 20;

  /** A machine may be too slow to take a suspend back within the spread. */
  private static final int MOST_ATTEMPTS = 5;

  private static Gateway gateway;
  private static ServerCli cli;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "suspend",
            Map.of(
                "tidemark.drain.spread-millis",
                "10000",
                "tidemark.drain.turns-millis",
                "60000",
                "tidemark.delivery.page-events",
                "1"));
    cli = ServerCli.connect(gateway.server());
  }

  @AfterAll
  static void stop() {
    cli.close();
    gateway.close();
  }

  @Test
  @Order(1)
  void aSuspendSendsEachClientAwayWithATimeOfItsOwnAndEndsWithTheLastTurn() {
    List<WireClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(gateway.connect("alice"));
    }
    String sessionId = clients.get(0).create().string("session_id");
    clients.subList(1, CLIENTS).forEach(client -> client.join(sessionId));
    clients.get(0).say("one two three four five six seven eight", "m-1", 1_000);
    long first = clients.get(0).awaitEvent("token_stream").number("seq");

    var suspended = CompletableFuture.runAsync(() -> cli.run(":suspend(suspend-timeout=600)"));
    List<Long> retryAfter = new ArrayList<>();
    for (WireClient client : clients) {
      retryAfter.add(client.awaitSentAway().number("retry_after_seconds"));
    }
    assertTrue(
        retryAfter.stream().allMatch(seconds -> 1 <= seconds && seconds <= 10), "" + retryAfter);
    assertTrue(retryAfter.stream().distinct().count() > 1, "all at once: " + retryAfter);
    assertTrue(
        clients.stream()
            .anyMatch(
                client ->
                    client.events().stream()
                        .anyMatch(
                            event -> event.is("token_stream") && event.number("seq") > first)),
        "a client that is still connected follows its turn");

    suspended.orTimeout(60, TimeUnit.SECONDS).join();
    assertEquals("{\"outcome\":\"completed\"}", last(sessionId).payload());
    assertEquals(503, handshakeStatus());
    assertFalse(gateway.server().isReady());
  }

  @Test
  @Order(2)
  void aResumedNodeTakesClientsAndRunsTurns() {
    cli.run(":resume");
    gateway.server().awaitReady();
    try (WireClient client = gateway.connect("alice")) {
      client.create();
      client.say("again", "m-2", 0).awaitEvent("stream_end");
    }
    assertEquals(List.of(), gateway.server().troubles());
  }

  @Test
  @Order(3)
  void aResumeEndsADrainThatIsUnderWay() {
    List<WireClient> open = List.of();
    for (int attempt = 1; open.isEmpty() && attempt <= MOST_ATTEMPTS; attempt++) {
      open = openAfterAResume();
    }
    List<WireClient> stayed = open;
    assertFalse(stayed.isEmpty(), "each time all of them were gone before the resume");
    // After the spread, those that were not told to go are still there, and are served.
    Awaitility.await()
        .pollDelay(Duration.ofSeconds(11))
        .atMost(Duration.ofSeconds(60))
        .until(() -> stayed.stream().allMatch(client -> client.closeCode().isEmpty()));
    for (WireClient client : stayed) {
      client.say("still here", "m-3", 0).awaitEvent("stream_end");
      client.close();
    }
  }

  /**
   * Clients that are served after a suspend was begun and taken back, if they were quick enough.
   */
  private static List<WireClient> openAfterAResume() {
    List<WireClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(gateway.connect("alice"));
      clients.get(i).create();
    }
    cli.run(":suspend");
    cli.run(":suspend");
    cli.run(":resume");
    gateway.server().awaitReady();
    List<WireClient> open = new ArrayList<>();
    for (WireClient client : clients) {
      client.trySend("{\"type\":\"ping\"}");
      Awaitility.await("a pong or the end")
          .atMost(WireClient.PATIENCE)
          .until(() -> client.closeCode().isPresent() || hasPong(client));
      if (client.closeCode().isEmpty()) {
        open.add(client);
      } else {
        client.close();
      }
    }
    return open;
  }

  private static boolean hasPong(WireClient client) {
    return client.frames().stream().anyMatch(frame -> frame.is("pong"));
  }

  @Test
  @Order(4)
  void aDrainOutlivesTheSuspend() {
    assertEquals(202, new Rest(gateway).send("operator", "POST", "/node/drain").statusCode());
    cli.run(":suspend(suspend-timeout=600)");
    cli.run(":resume");
    assertFalse(gateway.server().isReady());
    assertEquals(503, handshakeStatus());
    assertEquals(List.of(), gateway.server().troubles());
  }

  private static Logged last(String sessionId) {
    List<Logged> log = gateway.database().log(sessionId);
    return log.get(log.size() - 1);
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
