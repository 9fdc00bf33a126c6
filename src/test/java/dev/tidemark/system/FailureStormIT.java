package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.ResumingClient;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.faults.ErringJobs;
import dev.tidemark.testing.faults.ErringListener;
import dev.tidemark.testing.faults.ErringMetrics;
import dev.tidemark.testing.faults.ErringRecorder;
import dev.tidemark.testing.faults.ErringThreads;
import dev.tidemark.testing.faults.Storm;
import dev.tidemark.testing.faults.StormAgent;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.testing.gateway.Rest;
import jakarta.json.Json;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code Error}s in every worker and job at once: none of them ends, and nothing is lost. */
final class FailureStormIT {
  private static final int ERRORS = 400;
  private static final int SESSIONS = 8;
  private static final int ROUNDS_OF_A_DRAIN = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Some of what is to be struck: one of each kind. */
  private static final List<String> SOME =
      List.of("purge", "heartbeat", "turn leases", "refusals", "watchdog", "listener", "wake-ups");

  private static final Pattern NAME = Pattern.compile("'(.+)'");

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.startWithAgents(
            "failure-storm",
            Map.of("tidemark.drain.spread-millis", "200"),
            Storm.class,
            StormAgent.class,
            ErringMetrics.class,
            ErringJobs.class,
            ErringThreads.class,
            ErringListener.class,
            ErringRecorder.class);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void afterAStormOfErrorsEverySessionAnswersAndNothingIsLostOrDoubled() {
    List<ResumingClient> clients =
        IntStream.range(0, SESSIONS).mapToObj(FailureStormIT::client).toList();
    Set<String> jobs = named("The storm is to strike ");
    assertTrue(jobs.containsAll(SOME), jobs.toString());
    beginStorm();
    int[] said = new int[SESSIONS];
    int[] rounds = {0};
    Awaitility.await("the end of the storm")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              for (int i = 0; i < SESSIONS; i++) {
                clients.get(i).step();
                if (!clients.get(i).hasUnacknowledged()) {
                  clients.get(i).say("in the storm", "m-" + said[i]++, 0);
                }
              }
              notifyNode();
              drainNowAndThen(rounds[0]++);
              return isOver();
            });
    Awaitility.await("the end of a drain").atMost(PATIENCE).until(() -> drain("resume"));
    assertEquals(jobs, named("The storm strikes "));
    for (int i = 0; i < SESSIONS; i++) {
      clients.get(i).say("after the storm", "last", 0);
    }
    Awaitility.await("all answers")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              clients.forEach(ResumingClient::step);
              return clients.stream().noneMatch(ResumingClient::hasUnacknowledged)
                  && openTurns() == 0
                  && clients.stream().allMatch(FailureStormIT::hasAll);
            });
    assertTrue(drain("drain"));
    Awaitility.await("all of them sent away").until(() -> node().contains("\"connections\":0"));
    assertTrue(drain("resume"));
    for (ResumingClient client : clients) {
      assertWhole(client);
      client.close();
    }
    assertEquals(List.of(), gateway.database().invariantViolations());
    Readiness.awaitUp(gateway.server());
    Awaitility.await("a run of each job")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              notifyNode();
              assertEquals(jobs, named("After the storm "));
            });
    gateway.awaitMetric("tidemark_feeds", 0);
    Awaitility.await("all places free")
        .atMost(PATIENCE)
        .until(
            () -> node().contains("\"connections\":0") && node().contains("\"running_turns\":0"));
    try (WireClient late = gateway.connect("alice")) {
      late.create();
      late.say("all is well", "m-1", 0).awaitEvent("stream_end");
    }
  }

  /** The client was told that it has joined, and then the recording of it fails. */
  @Test
  void aJoinThatErrsLateLeavesNoSubscriptionAndItsClientSeesEachEventOnce() {
    String sessionId = ErringRecorder.SESSIONS;
    for (int i = 0; i < ErringRecorder.ERRORS; i++) {
      try (WireClient client = gateway.connect("alice")) {
        client.join(Json.createObjectBuilder().add("session_id", sessionId).add("create", true));
        assertEquals("internal", client.await("error").string("code"));
        assertEquals(1011, client.awaitClose());
      }
    }
    gateway.awaitMetric("tidemark_feeds", 0);
    try (WireClient client = gateway.connect("alice")) {
      client.join(sessionId);
      client.say("once", "m-1", 0).awaitEvent("stream_end");
      assertEquals(
          LongStream.rangeClosed(1, gateway.database().log(sessionId).size()).boxed().toList(),
          client.events().stream().map(event -> event.seq().getAsLong()).toList());
    }
    gateway.awaitMetric("tidemark_feeds", 0);
  }

  private static ResumingClient client(int number) {
    return ResumingClient.open(gateway.server().socketUri("/ws"), "alice", "storm-" + number)
        .toleratingFailures();
  }

  private static void beginStorm() {
    try (WireClient client = gateway.connect("alice")) {
      client.createWith("storm");
      client.say(Integer.toString(ERRORS), "m-1", 0).awaitEvent("turn_failed");
    }
  }

  /** What the lines of the log with this text name. */
  private static Set<String> named(String text) {
    return gateway.logged().stream()
        .filter(line -> line.contains(text))
        .map(NAME::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .collect(Collectors.toSet());
  }

  /** Sends what the listener hears. */
  private static void notifyNode() {
    gateway.database().execute("notify tidemark_revocations");
  }

  private static void drainNowAndThen(int round) {
    if (round % ROUNDS_OF_A_DRAIN == 0) {
      var unused = drain(round / ROUNDS_OF_A_DRAIN % 5 == 1 ? "drain" : "resume");
    }
  }

  /** Returns whether it was done: in the storm it may fail. */
  private static boolean drain(String action) {
    return new Rest(gateway).send("operator", "POST", "/node/" + action).statusCode() < 300;
  }

  private static boolean isOver() {
    return gateway.logged().stream().anyMatch(line -> line.contains("The storm is over."));
  }

  private static long openTurns() {
    return gateway
        .database()
        .value(
            Long.class, "select count(*) from tidemark.turn where status in ('queued', 'running')");
  }

  private static boolean hasAll(ResumingClient client) {
    return client.cursor() == gateway.database().log(client.sessionId()).size();
  }

  /** Each message that was acknowledged is there once, and what the client holds is the log. */
  private static void assertWhole(ResumingClient client) {
    List<Logged> log = gateway.database().log(client.sessionId());
    List<Long> cursors = log.stream().map(Logged::cursor).toList();
    assertEquals(LongStream.rangeClosed(1, log.size()).boxed().toList(), cursors);
    List<String> messages =
        log.stream().filter(event -> event.type().equals("message")).map(Logged::payload).toList();
    assertEquals(new HashSet<>(messages).size(), messages.size());
    for (String messageId : client.acknowledged()) {
      String quoted = "\"" + messageId + "\"";
      assertEquals(1, messages.stream().filter(text -> text.contains(quoted)).count(), quoted);
    }
    long ends = log.stream().filter(event -> event.type().equals("stream_end")).count();
    assertTrue(ends >= messages.size(), client.sessionId());
    assertEquals(log.size(), client.cursor());
  }

  private static String node() {
    return new Rest(gateway).send("admin", "GET", "/node").body().replace(" ", "");
  }
}
