package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.AdvisoryGate;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two nodes on one database. The second node hardly ever polls: it learns of the first only by
 * wake-ups.
 */
final class TwoNodesIT {
  private static final String PARKED = "tidemark_log_parked";

  private static final Gateway POLLING = Gateway.shared();
  private static final TestDatabase DATABASE = POLLING.database();
  private static final int MESSAGES = 20;

  private static Gateway woken;

  @BeforeAll
  static void start() {
    woken =
        POLLING.startNode(
            "woken",
            Map.of(
                "tidemark.delivery.poll-millis", "600000", "tidemark.turn.lease-millis", "15000"));
  }

  @AfterAll
  static void stop() {
    woken.close();
  }

  @AfterEach
  void theInvariantsHold() {
    assertEquals(List.of(), DATABASE.invariantViolations());
  }

  @Test
  void whatClientsOfTwoNodesSayAtOnceIsOneLogForBoth() {
    try (WireClient here = POLLING.connect("alice");
        WireClient there = woken.connect("alice")) {
      String sessionId = here.create().string("session_id");
      there.join(sessionId, 0);
      for (int i = 0; i < MESSAGES; i++) {
        here.say("here " + i, "here-" + i, 0);
        there.say("there " + i, "there-" + i, 0);
      }
      for (WireClient client : List.of(here, there)) {
        Awaitility.await("the end of every turn")
            .atMost(Duration.ofSeconds(60))
            .until(() -> countOf(client, "stream_end") == 2 * MESSAGES);
        assertHoldsTheLog(client, sessionId);
      }
      assertEquals(2 * MESSAGES, ofType(sessionId, "message").size());
      long head = DATABASE.log(sessionId).size();
      assertEquals(
          LongStream.rangeClosed(1, head).boxed().toList(),
          DATABASE.log(sessionId).stream().map(Logged::cursor).toList());
    }
  }

  @Test
  void aMessageThatIsSentToTwoNodesAtOnceIsTakenOnce() throws SQLException {
    try (WireClient here = POLLING.connect("alice");
        WireClient there = woken.connect("alice")) {
      String sessionId = here.create().string("session_id");
      there.join(sessionId, 0);
      try (var gate = gateBeforeEvent(sessionId, "message")) {
        here.say("once", "m-1", 0);
        gate.awaitArrival();
        there.say("once", "m-1", 0);
        woken.awaitMetric("tidemark_log_parked", 1);
      }
      Frame first = here.await("message_ack");
      Frame second = there.await("message_ack");
      assertEquals(false, first.json().getBoolean("duplicate"));
      assertEquals(true, second.json().getBoolean("duplicate"));
      assertEquals(first.number("cursor"), second.number("cursor"));
      there.awaitEvent("stream_end");
      assertEquals(1, ofType(sessionId, "message").size());
      assertHoldsTheLog(there, sessionId);
    }
  }

  @Test
  void aTurnThatTwoNodesClaimAtOnceRunsOnce() throws SQLException {
    try (WireClient here = POLLING.connect("alice");
        WireClient there = woken.connect("alice")) {
      String sessionId = here.create().string("session_id");
      there.join(sessionId, 0);
      try (var gate = gateBeforeEvent(sessionId, "turn_started")) {
        here.say("who answers?", "m-1", 0);
        gate.awaitArrival(); // one node has claimed the turn, but not committed
        Awaitility.await("the other one's sweep has found it, and its writer must wait")
            .atMost(WireClient.PATIENCE)
            .until(() -> POLLING.metric(PARKED) + woken.metric(PARKED) > 0);
      }
      for (WireClient client : List.of(here, there)) {
        client.awaitEvent("stream_end");
        // Another message's turn comes after all effects of the second claim.
        client.say("and then?", "m-" + client.hashCode(), 0);
      }
      Awaitility.await("three turns").until(() -> countOf(there, "stream_end") == 3);
      assertEquals(3, ofType(sessionId, "turn_started").size());
      assertEquals(3, ofType(sessionId, "response").size());
      assertHoldsTheLog(there, sessionId);
    }
  }

  @Test
  void aNodeWhoseListeningWasCutListensAgain() {
    try (WireClient here = POLLING.connect("alice");
        WireClient there = woken.connect("alice")) {
      String sessionId = here.create().string("session_id");
      there.join(sessionId, 0);
      cutListening();
      long end = here.say("heard?", "m-1", 0).awaitEvent("stream_end").number("seq");
      there.awaitSeq(end);
      assertHoldsTheLog(there, sessionId);
    }
  }

  @Test
  void aWakeUpThatIsLostIsCoveredByThePoll() {
    try (WireClient follower = POLLING.connect("alice");
        WireClient speaker = woken.connect("alice")) {
      String sessionId = speaker.create().string("session_id");
      follower.join(sessionId, 0);
      // From now on pg_notify only counts.
      DATABASE.execute(
          """
          create schema decoy; grant usage on schema decoy to tidemark_app;
          create sequence decoy.lost;
          create function decoy.pg_notify(text, text) returns void language sql security definer as
            $$ select nextval('decoy.lost'); select $$;
          grant execute on function decoy.pg_notify(text, text) to tidemark_app;
          alter role tidemark_app in database %s set search_path = decoy, pg_catalog;
          """
              .formatted(DATABASE.name()));
      try {
        cutListening();
        // Not the speaker: it hears nothing if the other node takes the turn.
        speaker.say("heard?", "m-1", 0);
        follower.awaitEvent("stream_end");
        assertHoldsTheLog(follower, sessionId);
        assertTrue(DATABASE.value(Boolean.class, "select is_called from decoy.lost"));
      } finally {
        DATABASE.execute(
            "alter role tidemark_app in database "
                + DATABASE.name()
                + " reset search_path; drop schema decoy cascade");
        cutListening();
      }
    }
  }

  /** Cuts the connections that listen and notify, and waits until both nodes listen again. */
  private static void cutListening() {
    String listening =
        "from pg_stat_activity where datname = ? and application_name = 'tidemark-listen'";
    List<Long> before = pids(listening);
    DATABASE.rows("select pg_terminate_backend(pid) " + listening, DATABASE.name());
    Awaitility.await("both nodes listen again")
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              List<Long> now = pids(listening + " and query ilike 'listen%'");
              return now.size() >= 2 && now.stream().noneMatch(before::contains);
            });
  }

  private static List<Long> pids(String from) {
    return DATABASE.rows("select pid::bigint " + from, DATABASE.name()).stream()
        .map(row -> (Long) row.get(0))
        .toList();
  }

  /** The session's first listener here: no other client hears the wake-up for it. */
  @Test
  void whatAnotherNodeTellsDuringAJoinIsNotForgotten() throws SQLException {
    try (WireClient here = POLLING.connect("alice");
        WireClient joining = woken.connect("alice");
        WireClient speaker = POLLING.connect("alice");
        WireClient witness = woken.connect("alice")) {
      String sessionId = here.create().string("session_id");
      witness.join(speaker.create().string("session_id"), 0);
      long last;
      try (var gate = gateAtJoin(sessionId)) {
        joining.send(resumption(sessionId));
        gate.awaitArrival(); // the join has read its position
        last = here.say("in between", "m-1", 0).awaitEvent("stream_end").number("seq");
        speaker.say("after it", "m-2", 0);
        witness.awaitEvent("stream_end"); // so the first session's wake-up has come as well
      }
      assertEquals(0, joining.await("joined").number("cursor"));
      joining.awaitSeq(last);
      assertHoldsTheLog(joining, sessionId);
    }
  }

  /** The only client that hears of the append leaves before the joining client listens. */
  @Test
  void whatIsAppendedDuringAJoinAndHeardBySomebodyWhoLeavesIsNotForgotten() throws SQLException {
    try (WireClient joining = woken.connect("alice");
        WireClient leaving = woken.connect("alice")) {
      String sessionId = leaving.create().string("session_id");
      long last;
      try (var gate = gateAtJoin(sessionId)) {
        joining.send(resumption(sessionId));
        gate.awaitArrival();
        last = leaving.say("in between", "m-1", 0).awaitEvent("stream_end").number("seq");
        leaving.send("{\"type\":\"leave\"}").await("left");
      }
      assertEquals(0, joining.await("joined").number("cursor"));
      joining.awaitSeq(last);
      assertHoldsTheLog(joining, sessionId);
    }
  }

  private static AdvisoryGate gateAtJoin(String sessionId) throws SQLException {
    return AdvisoryGate.beforeInsert(
        DATABASE, "tidemark.join_record", "new.session_id = '" + sessionId + "'");
  }

  private static String resumption(String sessionId) {
    return "{\"type\":\"join\",\"session_id\":\"" + sessionId + "\",\"since\":0}";
  }

  private static AdvisoryGate gateBeforeEvent(String sessionId, String type) throws SQLException {
    return AdvisoryGate.beforeInsert(
        DATABASE,
        "tidemark.event",
        "new.session_key = " + DATABASE.sessionKey(sessionId) + " and new.type = '" + type + "'");
  }

  private static long countOf(WireClient client, String type) {
    return client.events().stream().filter(frame -> frame.event().is(type)).count();
  }

  private static List<Logged> ofType(String sessionId, String type) {
    return DATABASE.log(sessionId).stream().filter(event -> event.type().equals(type)).toList();
  }

  private static void assertHoldsTheLog(WireClient client, String sessionId) {
    Stream<Logged> log = DATABASE.log(sessionId).stream();
    assertEquals(
        log.map(event -> event.cursor() + event.payload()).toList(),
        client.events().stream().map(frame -> frame.seq().getAsLong() + frame.data()).toList());
  }
}
