package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.AdvisoryGate;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sessions that share one writer and its transactions do not affect one another. */
final class GroupCommitIT {
  private static final int MAX_WAITING = 4;

  private static Gateway gateway;
  private static TestDatabase database;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "group-commit",
            Map.of("tidemark.log.writers", "1", "tidemark.log.queue-events", "" + 2 * MAX_WAITING));
    database = gateway.database();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void aSlowCommitIsNotSeenBefore() throws SQLException {
    try (WireClient first = gateway.connect("alice");
        WireClient second = gateway.connect("alice")) {
      String sessionId = first.create().string("session_id");
      second.join(sessionId, 0);
      try (var gate =
          AdvisoryGate.atCommit(
              database,
              "tidemark.session_head",
              "new.session_key = " + database.sessionKey(sessionId))) {
        first.say("slow", "m-1", 0);
        gate.awaitArrival();
        second.say("waits", "m-2", 0);
        gateway.awaitMetric("tidemark_log_waiting", 2);
        for (WireClient client : List.of(first, second)) {
          assertEquals(List.of(), client.events());
          assertEquals(0, count(client, "message_ack"));
        }
        assertEquals(List.of(), database.log(sessionId));
      }
      assertBothAreAnswered(first, second, sessionId);
    }
  }

  @Test
  void aSessionWhoseRowIsHeldDelaysNoOther() throws SQLException {
    try (WireClient first = gateway.connect("alice");
        WireClient second = gateway.connect("alice")) {
      String sessionId = first.create().string("session_id");
      second.join(sessionId, 0);
      try (Connection holder = hold(sessionId)) {
        first.say("waits", "m-1", 0);
        second.say("waits, too", "m-2", 0);
        gateway.awaitMetric("tidemark_log_waiting", 2);
        try (WireClient other = gateway.connect("alice")) {
          other.create();
          other.say("not delayed", "m-3", 0).awaitEvent("stream_end");
        }
        assertEquals(0, count(first, "message_ack") + count(second, "message_ack"));
        holder.rollback();
      }
      assertBothAreAnswered(first, second, sessionId);
    }
  }

  private static void assertBothAreAnswered(WireClient first, WireClient second, String sessionId) {
    assertEquals("m-1", first.await("message_ack").string("message_id"));
    assertEquals("m-2", second.await("message_ack").string("message_id"));
    for (WireClient client : List.of(first, second)) {
      Frame firstEnd = client.awaitEvent("stream_end");
      client.awaitEvent(firstEnd.number("seq"), "stream_end");
      assertHoldsTheLog(client, sessionId);
    }
  }

  /** Both copies wait for the row, and so come into one batch. */
  @Test
  void twoCopiesInOneBatchAreTakenOnce() throws SQLException {
    try (WireClient first = gateway.connect("alice");
        WireClient second = gateway.connect("alice")) {
      String sessionId = first.create().string("session_id");
      second.join(sessionId, 0);
      try (Connection holder = hold(sessionId)) {
        first.say("once", "m-1", 0);
        second.say("once", "m-1", 0);
        gateway.awaitMetric("tidemark_log_waiting", 2);
        holder.rollback();
      }
      List<Frame> acks = List.of(first.await("message_ack"), second.await("message_ack"));
      assertEquals(1, acks.get(0).number("cursor"));
      assertEquals(1, acks.get(1).number("cursor"));
      assertEquals(
          List.of(false, true),
          acks.stream().map(ack -> ack.json().getBoolean("duplicate")).sorted().toList());
      first.awaitEvent("stream_end");
      assertEquals(
          1, database.log(sessionId).stream().filter(e -> e.type().equals("message")).count());
    }
  }

  /** All three wait for their rows, and so come into one batch: one of them is too late. */
  @Test
  void turnsThatStartInOneBatchStartAloneAndOnlyIfTheyAreStillThere() throws SQLException {
    List<String> sessions = new ArrayList<>();
    try (WireClient client = gateway.connect("alice");
        Connection holder = database.connect()) {
      for (int i = 0; i < 3; i++) {
        String sessionId = client.create().string("session_id");
        client.say("again", "m-1", 0);
        awaitEnds(sessionId, 1); // the client's frames hold the end in the session before, too
        sessions.add(sessionId);
      }
      holder.setAutoCommit(false);
      for (String sessionId : sessions) {
        hold(holder, sessionId);
        database.execute(
            """
            insert into tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, status, attempt)
            select gen_random_uuid(), session_key, message_cursor, message_id, agent_id, 'queued', 2
            from tidemark.turn where session_key = %d"""
                .formatted(database.sessionKey(sessionId)));
      }
      gateway.awaitMetric("tidemark_log_parked", 3); // the sweep has found them
      try (var take = holder.createStatement()) {
        take.execute(
            "update tidemark.turn set status = 'aborted' where status = 'queued' and session_key = "
                + database.sessionKey(sessions.get(2)));
      }
      holder.commit();
      for (String sessionId : sessions.subList(0, 2)) {
        awaitEnds(sessionId, 2);
        assertTrue(ofType(sessionId, "turn_started").get(1).payload().contains("\"attempt\":2"));
        assertEquals(2, ofType(sessionId, "response").size());
      }
      gateway.awaitMetric("tidemark_log_waiting", 0);
      assertEquals(1, ofType(sessions.get(2), "turn_started").size());
      database.execute("delete from tidemark.turn where status = 'aborted'"); // it has no events
      assertEquals(List.of(), database.invariantViolations());
    }
  }

  private static void awaitEnds(String sessionId, int turns) {
    Awaitility.await(turns + " turns of " + sessionId)
        .atMost(WireClient.PATIENCE)
        .until(() -> ofType(sessionId, "stream_end").size() == turns);
  }

  private static List<Logged> ofType(String sessionId, String type) {
    return database.log(sessionId).stream().filter(event -> event.type().equals(type)).toList();
  }

  @Test
  void whoFillsTheLogIsToldToWaitWhileOthersHaveRoomAndNothingIsLost() throws SQLException {
    List<WireClient> clients =
        Stream.generate(() -> gateway.connect("alice")).limit(MAX_WAITING).toList();
    try (WireClient late = gateway.connect("alice")) {
      String sessionId = clients.get(0).create().string("session_id");
      late.create();
      try (Connection holder = hold(sessionId)) {
        for (int i = 0; i < MAX_WAITING; i++) {
          clients.get(i).join(sessionId);
          clients.get(i).say("waits", "m-" + i, 0);
        }
        gateway.awaitMetric("tidemark_log_waiting", MAX_WAITING);
        Frame refusal = late.say("too much", "m-late", 0).await("error");
        try (WireClient other = gateway.connect("bob")) {
          other.create();
          other.say("has room", "m-1", 0).awaitEvent("stream_end");
        }
        assertEquals("unavailable", refusal.string("code"));
        assertEquals("m-late", refusal.string("message_id"));
        assertTrue(refusal.number("retry_after_seconds") >= 1);
        holder.rollback();
      }
      for (WireClient client : clients) {
        assertEquals(false, client.await("message_ack").json().getBoolean("duplicate"));
      }
      late.say("too much", "m-late", 0).awaitEvent("stream_end");
      assertEquals(false, late.await("message_ack").json().getBoolean("duplicate"));
      assertEquals(List.of(), database.invariantViolations());
    } finally {
      clients.forEach(WireClient::close);
    }
  }

  private static Connection hold(String sessionId) throws SQLException {
    Connection holder = database.connect();
    holder.setAutoCommit(false);
    hold(holder, sessionId);
    return holder;
  }

  private static void hold(Connection holder, String sessionId) throws SQLException {
    try (var hold = holder.createStatement()) {
      hold.execute(
          "select from tidemark.session_head where session_key = %d for update"
              .formatted(database.sessionKey(sessionId)));
    }
  }

  private static void assertHoldsTheLog(WireClient client, String sessionId) {
    assertEquals(
        database.log(sessionId).stream().map(event -> event.cursor() + event.payload()).toList(),
        client.events().stream().map(frame -> frame.seq().getAsLong() + frame.data()).toList());
  }

  private static int count(WireClient client, String type) {
    return (int) client.frames().stream().filter(frame -> frame.is(type)).count();
  }
}
