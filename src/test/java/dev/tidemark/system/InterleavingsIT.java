package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.AdvisoryGate;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import jakarta.json.Json;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Rare orders of events, forced on one node by locks in the database. */
final class InterleavingsIT {
  private static final int LARGE_MESSAGES = 8;

  private final Gateway gateway = Gateway.shared();
  private final TestDatabase database = gateway.database();

  @Test
  void whatIsAppendedBetweenAJoinsPositionAndItsFirstPageComesOnce() throws SQLException {
    try (WireClient speaker = gateway.connect("alice");
        WireClient joining = gateway.connect("alice")) {
      String sessionId = speaker.create().string("session_id");
      long before = speaker.say("before", "m-1", 0).awaitEvent("stream_end").number("seq");
      long after;
      try (var gate = gateAtJoin(sessionId)) {
        joining.send(
            Json.createObjectBuilder()
                .add("type", "join")
                .add("session_id", sessionId)
                .add("since", 0));
        gate.awaitArrival(); // the join has read its position
        speaker.say("in between", "m-2", 0);
        after = speaker.awaitEvent(before, "stream_end").number("seq");
      }
      assertEquals(before, joining.await("joined").number("cursor"));
      joining.awaitSeq(after);
      assertEquals(before, joining.await("replay_complete").number("cursor"));
      assertEquals(
          LongStream.rangeClosed(1, before).boxed().toList(), seqs(joining.frames(), true));
      assertEquals(
          LongStream.rangeClosed(before + 1, after).boxed().toList(),
          seqs(joining.frames(), false));
      assertHoldsTheLog(joining, sessionId);
    }
  }

  @Test
  void aPurgeThatOvertakesAReplayGivesASnapshotAndNoJump() {
    try (WireClient speaker = gateway.connect("alice");
        WireClient slow =
            WireClient.connectWithoutReading(gateway.server().socketUri("/ws"), "alice")) {
      String sessionId = speaker.create().string("session_id");
      String large = "x".repeat(900_000); // the log gets three times the size of each message
      long head = 0;
      for (int i = 0; i < LARGE_MESSAGES; i++) {
        head = speaker.say(large, "m-" + i, 0).awaitEvent(head, "stream_end").number("seq");
      }
      // Far more than the sockets' buffers hold, so the replay stops in the middle.
      slow.send(
          Json.createObjectBuilder()
              .add("type", "join")
              .add("session_id", sessionId)
              .add("since", 0));
      slow.read(1);
      slow.await("joined");
      long floor = raiseFloorByCount(sessionId, 2);
      speaker.join(sessionId); // so the node knows of the floor, whatever its memory holds
      slow.read(Long.MAX_VALUE);

      Frame snapshot = slow.await("snapshot");
      assertEquals("lagged", snapshot.string("reason"));
      assertEquals(head, snapshot.number("event_cursor"));
      long replayed = seqs(slow.frames(), true).size();
      assertTrue(replayed < floor - 1, "replayed " + replayed + ", floor " + floor);
      assertEquals(LongStream.rangeClosed(1, replayed).boxed().toList(), seqs(slow.frames(), true));
      speaker.say("goes on", "m-last", 0);
      long last = slow.awaitEvent(head, "stream_end").number("seq");
      assertEquals(
          LongStream.rangeClosed(head + 1, last).boxed().toList(), seqs(slow.frames(), false));
      assertEquals(List.of(), database.invariantViolations());
    }
  }

  @Test
  void twoClientsThatMakeTheSameSessionAtOnceGetOneAndASecondOwnerGetsNone() throws SQLException {
    String sessionId = "same-" + UUID.randomUUID();
    try (WireClient first = gateway.connect("alice");
        WireClient second = gateway.connect("alice")) {
      try (var gate =
          AdvisoryGate.beforeInsert(
              database, "tidemark.session", "new.session_id = '" + sessionId + "'")) {
        for (WireClient client : List.of(first, second)) {
          client.send(creating(sessionId));
        }
        gate.awaitArrivals(2); // neither has found the session
      }
      List<Boolean> resumed =
          List.of(first, second).stream()
              .map(client -> client.await("joined").json().getBoolean("resumed"))
              .sorted()
              .toList();
      assertEquals(List.of(false, true), resumed);
      first.say("one session", "m-1", 0);
      second.awaitEvent("stream_end");
      assertHoldsTheLog(second, sessionId);
    }
  }

  @Test
  void aSessionThatTwoOwnersMakeAtOnceBelongsToOneAndIsNoneForTheOther() throws SQLException {
    String sessionId = "whose-" + UUID.randomUUID();
    try (WireClient alice = gateway.connect("alice");
        WireClient bob = gateway.connect("bob")) {
      try (var gate =
          AdvisoryGate.beforeInsert(
              database, "tidemark.session", "new.session_id = '" + sessionId + "'")) {
        alice.send(creating(sessionId));
        bob.send(creating(sessionId));
        gate.awaitArrivals(2);
      }
      String owner =
          database.value(
              String.class, "select owner from tidemark.session where session_id = ?", sessionId);
      WireClient winner = owner.equals("alice") ? alice : bob;
      WireClient loser = owner.equals("alice") ? bob : alice;
      winner.await("joined");
      assertEquals("no_such_session", loser.await("error").string("code"));
    }
  }

  @Test
  void aJoinThatLosesItsConnectionOnTheWayLeavesNobodyListening() throws SQLException {
    try (WireClient speaker = gateway.connect("alice");
        WireClient racing = gateway.connect("alice")) {
      String sessionId = speaker.create().string("session_id");
      speaker.send(Json.createObjectBuilder().add("type", "leave")).await("left");
      Awaitility.await("nobody listens").until(() -> gauge("tidemark_feeds") == 0);
      Awaitility.await("nobody else is connected").until(() -> gauge("tidemark_connections") == 2);
      try (var gate = gateAtJoin(sessionId)) {
        racing.send(
            Json.createObjectBuilder()
                .add("type", "join")
                .add("session_id", sessionId)
                .add("since", 0));
        gate.awaitArrival();
        racing.cut();
        Awaitility.await("the node has noticed").until(() -> gauge("tidemark_connections") == 1);
      }
      Awaitility.await("the join is recorded")
          .until(
              () ->
                  database.value(
                          Long.class,
                          "select count(*) from tidemark.join_record where session_id = ?",
                          sessionId)
                      == 2);
      Awaitility.await("nobody listens")
          .atMost(Duration.ofSeconds(5))
          .until(() -> gauge("tidemark_feeds") == 0);
    }
  }

  private double gauge(String name) {
    return Readiness.metric(gateway.server(), name);
  }

  private AdvisoryGate gateAtJoin(String sessionId) throws SQLException {
    return AdvisoryGate.beforeInsert(
        database, "tidemark.join_record", "new.session_id = '" + sessionId + "'");
  }

  private static String creating(String sessionId) {
    return Json.createObjectBuilder()
        .add("type", "join")
        .add("session_id", sessionId)
        .add("create", true)
        .build()
        .toString();
  }

  /** Raises the floor as the purge does; tries again while the node's own purge is at it. */
  private long raiseFloorByCount(String sessionId, int events) {
    String floor =
        "select floor_cursor from tidemark.session_head where session_key = "
            + database.sessionKey(sessionId);
    Awaitility.await("the floor has risen")
        .until(
            () -> {
              database.rows(
                  "select * from tidemark.raise_floors('test', null, ?, 1000)", (long) events);
              return database.value(Long.class, floor) > 1;
            });
    return database.value(Long.class, floor);
  }

  private static List<Long> seqs(List<Frame> frames, boolean replayed) {
    return frames.stream()
        .filter(frame -> frame.seq().isPresent() && frame.is("replay") == replayed)
        .map(frame -> frame.seq().getAsLong())
        .toList();
  }

  private void assertHoldsTheLog(WireClient client, String sessionId) {
    assertEquals(
        database.log(sessionId).stream().map(event -> event.cursor() + event.payload()).toList(),
        client.events().stream().map(frame -> frame.seq().getAsLong() + frame.data()).toList());
  }
}
