package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.ServerCli;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A node stops in each way that there is: its clients are told, its turns end or are handed on, a
 * follower on another node, which hardly ever polls, misses no beat, and the log is clean. On the
 * small server of the build and on the one that its makers deliver.
 */
@ParameterizedClass
@ValueSource(strings = {"small", "stock"})
final class StopIT {
  private static final int PACE_MILLIS = 200;

  /** Words of an answer that takes longer than any machine needs to begin its shutdown. */
  private static final int ENDLESS = 600;

  /** What the poll took before wake-ups outlived the suspend; the poll is longer here. */
  private static final long STALL_NANOS = 15_000_000_000L;

  private static final int CLIENTS = 5;

  @Parameter String server;

  private static TwoAtATime background;
  private static Future<Path> stock;
  private static Gateway staying;
  private static Gateway leaving;

  /** The stock server is prepared beside the tests of the small one. */
  @BeforeAll
  static void begin() {
    background = new TwoAtATime();
    stock = background.start(StopIT::stock);
    staying =
        Gateway.start(
            "staying",
            Map.of(
                "tidemark.delivery.poll-millis", "600000", "tidemark.turn.lease-millis", "15000"));
  }

  @BeforeParameterizedClassInvocation
  static void start(String kind) throws Exception {
    Path home = kind.equals("stock") ? stock.get() : Directories.server();
    leaving =
        staying.startNode(
            "leaving-" + kind,
            Map.of(
                "tidemark.drain.spread-millis", "1000",
                "tidemark.drain.turns-millis", "12000",
                "tidemark.turn.lease-millis", "15000",
                "tidemark.turn.abort-grace-millis", "2000"),
            server -> server.home(home));
  }

  private static Path stock() throws Exception {
    StockServer server = StockServer.named("stop-stock");
    server.install().succeeded();
    server.run("development.sh").succeeded();
    return server.home();
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    leaving.close();
  }

  @AfterAll
  static void end() {
    background.close();
    staying.close();
  }

  @BeforeEach
  void startAgain() {
    if (!leaving.server().isRunning()) {
      leaving.server().start().awaitReady();
    }
  }

  @AfterEach
  void nothingIsAmiss() {
    assertEquals(List.of(), leaving.server().troubles());
    assertEquals(List.of(), leaving.database().invariantViolations());
  }

  @Test
  void anIdleNodeStopsAtOnce() {
    leaving.server().stop();
    assertFalse(leaving.server().output().contains("TIDE0308"));
  }

  @Test
  void aStopBySignalLetsTheTurnEndAndKeepsTheFollowerUpToDate() {
    try (WireClient follower = staying.connect("alice")) {
      List<WireClient> clients = clients(follower, 10);
      leaving.server().stop();
      assertSentAway(clients);
      assertFollowed(follower);
      assertEnded("completed", follower);
    }
  }

  @Test
  void aShutdownHandsOnATurnThatTakesTooLong() {
    try (WireClient follower = staying.connect("alice");
        ServerCli cli = ServerCli.connect(leaving.server())) {
      List<WireClient> clients = clients(follower, ENDLESS);
      cli.run("shutdown");
      assertSentAway(clients);
      long interrupted = follower.awaitEvent("turn_interrupted").number("seq");
      long again = follower.awaitEvent(interrupted, "turn_started").number("seq");
      follower.awaitEvent(again, "token_stream");
      follower.send("{\"type\":\"abort\"}").awaitEvent(again, "stream_end");
      assertFollowed(follower);
      leaving.server().stop(); // the CLI does not wait for the end
      assertEnded("aborted", follower);
      assertTrue(leaving.server().output().contains("TIDE0308 Handing on 1 turns."));
    }
  }

  @Test
  void aSuspendIsOverWithTheTurn() {
    try (WireClient follower = staying.connect("alice");
        ServerCli cli = ServerCli.connect(leaving.server())) {
      List<WireClient> clients = clients(follower, 10);
      cli.run(":suspend(suspend-timeout=600)");
      assertSentAway(clients);
      assertFollowed(follower);
      assertEnded("completed", follower);
      assertFalse(leaving.server().isReady());
      cli.run(":resume");
      leaving.server().awaitReady();
      leaving.connect("alice").close();
    }
  }

  @Test
  void anUndeployedNodeIsDrainedFirst() {
    try (WireClient follower = staying.connect("alice");
        ServerCli cli = ServerCli.connect(leaving.server())) {
      List<WireClient> clients = clients(follower, 10);
      cli.run("/deployment=tidemark.war:undeploy");
      assertSentAway(clients);
      assertFollowed(follower);
      // A load balancer sends nobody to a server without the application.
      Readiness.awaitRefusal(leaving.server(), "the server itself is not up");
      cli.run("/deployment=tidemark.war:deploy");
      leaving.server().awaitReady();
      leaving.connect("alice").close();
    }
  }

  /** Clients of the node that leaves; the first one's agent has just begun to answer. */
  private static List<WireClient> clients(WireClient follower, int words) {
    String sessionId = follower.create().string("session_id");
    List<WireClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(leaving.connect("alice"));
      clients.get(i).join(sessionId);
    }
    String message = String.join(" ", IntStream.range(0, words).mapToObj(i -> "word").toList());
    clients.get(0).say(message, "m-1", PACE_MILLIS).awaitEvent("token_stream");
    return clients;
  }

  private static void assertSentAway(List<WireClient> clients) {
    for (WireClient client : clients) {
      assertTrue(client.awaitSentAway().number("retry_after_seconds") >= 1);
    }
  }

  /** The follower has every event to the turn's end, and never waited for long. */
  private static void assertFollowed(WireClient follower) {
    follower.awaitEvent("stream_end");
    List<Frame> events = follower.events();
    for (int i = 1; i < events.size(); i++) {
      assertEquals(events.get(i - 1).number("seq") + 1, events.get(i).number("seq"));
      long pause = events.get(i).receivedNanos() - events.get(i - 1).receivedNanos();
      assertTrue(pause < STALL_NANOS, "a pause of " + pause + " ns before " + events.get(i));
    }
  }

  private static void assertEnded(String outcome, WireClient follower) {
    List<Logged> log = leaving.database().log(follower.await("joined").string("session_id"));
    assertEquals("{\"outcome\":\"" + outcome + "\"}", log.get(log.size() - 1).payload());
  }
}
