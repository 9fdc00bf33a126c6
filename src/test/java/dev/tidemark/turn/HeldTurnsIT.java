package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Somebody holds rows in the database for long: only the sessions of these rows wait. */
final class HeldTurnsIT {
  private static Gateway gateway;
  private static TestDatabase database;

  @BeforeAll
  static void start() {
    gateway = Gateway.start("held-rows", Map.of("tidemark.log.writers", "1"));
    database = gateway.database();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** More aborts than there are threads for frames, of two sessions as psql may hold them. */
  @Test
  void abortsThatWaitForTheirSessionsTakeNoThread() throws SQLException {
    List<WireClient> aborters = new ArrayList<>();
    try (WireClient first = gateway.connect("alice");
        WireClient second = gateway.connect("alice");
        WireClient other = gateway.connect("bob");
        Connection holder = database.connect()) {
      holder.setAutoCommit(false);
      for (WireClient client : List.of(first, second)) {
        String sessionId = client.create().string("session_id");
        client.say("one two", "m-1", 30_000).awaitEvent("tool_result_stream");
        for (int i = 0; i < 10; i++) {
          WireClient aborter = gateway.connect("alice");
          aborter.join(sessionId);
          aborters.add(aborter);
        }
        hold(holder, "session_head", sessionId);
      }
      aborters.forEach(aborter -> aborter.send("{\"type\":\"abort\",\"reason\":\"enough\"}"));
      gateway.awaitMetric("tidemark_log_waiting", aborters.size());
      other.create();
      other.say("not delayed", "m-1", 0).awaitEvent("response");
      holder.rollback();
      for (WireClient client : List.of(first, second)) {
        assertTrue(client.awaitEvent("aborted").data().contains("\"enough\""));
      }
    } finally {
      aborters.forEach(WireClient::close);
    }
  }

  @Test
  void aLostTurnWhoseSessionIsHeldCostsNoOtherItsLeaseAndIsTakenOnce() throws SQLException {
    try (WireClient living = gateway.connect("alice");
        WireClient lost = gateway.connect("alice");
        WireClient alsoLost = gateway.connect("alice");
        Connection holder = database.connect()) {
      holder.setAutoCommit(false);
      String living1 = slow(living);
      String lost1 = slow(lost);
      String lost2 = slow(alsoLost);
      hold(holder, "session_head", lost1);
      lose(lost1);
      gateway.awaitMetric("tidemark_log_waiting", 1);
      lose(lost2);
      alsoLost.awaitEvent("turn_interrupted");
      for (int renewals = 0; renewals < 3; renewals++) {
        awaitRenewals(living1, 1);
        assertEquals(
            true,
            database.value(
                Boolean.class,
                "select lease_ends_at > now() from tidemark.turn where status = 'running' and session_key = ?",
                database.sessionKey(living1)));
      }
      assertEquals(1, (int) gateway.metric("tidemark_log_waiting"), "it is asked for once");
      holder.rollback();
      lost.awaitEvent("turn_interrupted");
      for (WireClient client : List.of(living, lost, alsoLost)) {
        client.send("{\"type\":\"abort\"}");
        client.awaitEvent("aborted");
      }
    }
    assertEquals(List.of(), database.invariantViolations());
  }

  @Test
  void aTurnWhoseOwnRowIsHeldWaitsForItsEndAloneThoughAllShareOneWriter() throws SQLException {
    try (WireClient client = gateway.connect("alice");
        WireClient other = gateway.connect("bob");
        Connection holder = database.connect()) {
      holder.setAutoCommit(false);
      String sessionId = client.create().string("session_id");
      client.say("one two", "m-1", 2_500).awaitEvent("tool_result_stream");
      hold(holder, "turn", sessionId);
      client.awaitEvent("token_stream");
      gateway.awaitMetric("tidemark_log_parked", 1); // the end, for all tokens can be written
      other.create();
      other.say("not delayed", "m-1", 0).awaitEvent("response");
      holder.rollback();
      client.awaitEvent("response");
    }
  }

  /** What a message writes beside its event has a foreign key to that row. */
  @Test
  void aSessionWhoseOwnRowIsHeldWaitsAloneThoughAllShareOneWriter() throws SQLException {
    try (WireClient client = gateway.connect("alice");
        WireClient other = gateway.connect("bob");
        Connection holder = database.connect()) {
      holder.setAutoCommit(false);
      hold(holder, "session", client.create().string("session_id"));
      other.create();
      client.say("held", "m-1", 0);
      gateway.awaitMetric("tidemark_log_parked", 1);
      other.say("not delayed", "m-1", 0).awaitEvent("response");
      holder.rollback();
      client.awaitEvent("response");
    }
  }

  /** Rows of a running and of a queued turn, for an abort, a start, and leases renewed beside. */
  @Test
  void rowsOfTurnsThatAreHeldDelayNoOtherTurn() throws SQLException {
    try (WireClient running = gateway.connect("alice");
        WireClient queued = gateway.connect("alice");
        WireClient living = gateway.connect("alice");
        WireClient other = gateway.connect("bob");
        Connection holder = database.connect()) {
      holder.setAutoCommit(false);
      hold(holder, "turn", slow(running));
      String sessionOfQueued = slow(queued);
      int before = queued.frames().size();
      queued
          .say("next", "m-2", 0)
          .await(
              "its acknowledgement",
              f -> f.is("message_ack") && "m-2".equals(f.string("message_id")),
              before);
      try (var hold = holder.createStatement()) {
        hold.execute(
            "select from tidemark.turn where status = 'queued' and session_key = %d for update"
                .formatted(database.sessionKey(sessionOfQueued)));
      }
      running.send("{\"type\":\"abort\"}");
      queued.send("{\"type\":\"abort\"}").awaitEvent("aborted");
      gateway.awaitMetric("tidemark_log_parked", 2); // the abort of the one, the start of the other
      other.create();
      other.say("not delayed", "m-1", 0).awaitEvent("response");
      awaitRenewals(slow(living), 2);
      holder.rollback();
      running.awaitEvent("aborted");
      queued.await("its answer", f -> f.text().contains("\"content\":\"next\",\"outcome\""), 0);
      living.send("{\"type\":\"abort\"}").awaitEvent("aborted");
    }
    assertEquals(List.of(), database.invariantViolations());
  }

  private static void awaitRenewals(String sessionId, int renewals) {
    for (int i = 0; i < renewals; i++) {
      String before = lease(sessionId);
      Awaitility.await("a renewal")
          .atMost(WireClient.PATIENCE)
          .until(() -> !lease(sessionId).equals(before));
    }
  }

  /** A retried message comes before those that were said after it. */
  @Test
  void aRetriedTurnKeepsItsPlace() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = slow(client);
      client.say("next", "m-2", 0).say("last", "m-3", 0);
      Awaitility.await("both wait")
          .atMost(WireClient.PATIENCE)
          .until(
              () ->
                  database.value(
                          Long.class,
                          "select count(*) from tidemark.turn where status = 'queued' and session_key = ?",
                          database.sessionKey(sessionId))
                      == 2);
      lose(sessionId);
      client.awaitEvent("turn_interrupted");
      client.await("another attempt", frame -> frame.text().contains("\"attempt\":2"), 0);
      client.send("{\"type\":\"abort\"}");
      client.await(
          "the last answer", frame -> frame.text().contains("\"content\":\"last\",\"outcome\""), 0);
      assertEquals(
          List.of("m-1", "m-1", "m-2", "m-3"),
          database.log(sessionId).stream()
              .filter(event -> event.type().equals("turn_started"))
              .map(event -> event.payload().replaceAll(".*\"message_id\":\"([^\"]*)\".*", "$1"))
              .toList());
    }
  }

  private static String slow(WireClient client) {
    String sessionId = client.create().string("session_id");
    client.say("one two", "m-1", 60_000).awaitEvent("tool_result_stream");
    return sessionId;
  }

  /** Makes the running turn of a session one of a node that is gone. */
  private static void lose(String sessionId) {
    database.execute(
        """
        update tidemark.turn set lease_owner = 'gone/1', lease_ends_at = now() - interval '1 second'
        where status = 'running' and session_key = %d"""
            .formatted(database.sessionKey(sessionId)));
  }

  private static String lease(String sessionId) {
    return database.value(
        String.class,
        "select lease_ends_at::text from tidemark.turn where status = 'running' and session_key = ?",
        database.sessionKey(sessionId));
  }

  private static void hold(Connection holder, String table, String sessionId) throws SQLException {
    try (var hold = holder.createStatement()) {
      hold.execute(
          "select from tidemark.%s where session_key = %d for update"
              .formatted(table, database.sessionKey(sessionId)));
    }
  }
}
