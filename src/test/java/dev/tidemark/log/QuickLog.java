package dev.tidemark.log;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;

import dev.tidemark.wire.EventTypes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A session whose events and turns a test assembles in memory and then writes at once. Its hashes
 * are not valid; no test here needs them.
 */
final class QuickLog {
  private final Connection connection;
  final long key;
  private final List<Written> events = new ArrayList<>();

  /** An event as the test wrote it. */
  record Written(long cursor, String type, UUID turnId, OffsetDateTime at) {}

  QuickLog(Connection connection) {
    this.connection = connection;
    run(connection, "select tidemark.observe_epoch('test')");
    String sessionId = UUID.randomUUID().toString();
    run(
        connection,
        "insert into tidemark.session (session_id, agent_id, owner) values (?, 'echo', 'alice')",
        sessionId);
    key =
        (Long)
            one(
                connection,
                "select session_key from tidemark.session where session_id = ?",
                sessionId);
    run(
        connection,
        "insert into tidemark.session_head (session_key, floor_at) values (?, now() - interval '1000 days')",
        key);
    run(connection, "insert into tidemark.session_state (session_key) values (?)", key);
  }

  /** The scope that is opened when the session is read. */
  TenantSession scope() {
    return new TenantSession("default", key);
  }

  List<Written> events() {
    return events;
  }

  long head() {
    return events.size();
  }

  long add(String type, UUID turnId, OffsetDateTime at) {
    events.add(new Written(head() + 1, type, turnId, at));
    return head();
  }

  long add(String type, UUID turnId) {
    return add(type, turnId, OffsetDateTime.now(ZoneOffset.UTC));
  }

  /** Inserts a turn; {@code ended} is {@code null} while the turn runs. */
  void turn(UUID turnId, String status, long started, Long ended) {
    run(
        connection,
        """
        insert into tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, status, started_cursor, ended_cursor)
        values (?, ?, 1, 'm-1', 'echo', ?, ?, ?)""",
        turnId,
        key,
        status,
        started,
        ended);
  }

  /** Adds a whole turn: start, tokens, terminal event and end of stream. */
  UUID turn(String status, int tokens) {
    UUID turnId = UUID.randomUUID();
    long started = add(EventTypes.TURN_STARTED, turnId);
    for (int i = 0; i < tokens; i++) {
      add(EventTypes.TOKEN_STREAM, turnId);
    }
    long ended = add(status.equals("completed") ? EventTypes.RESPONSE : "turn_failed", turnId);
    add(EventTypes.STREAM_END, turnId);
    turn(turnId, status, started, ended);
    return turnId;
  }

  /** Writes all events that were added; the floor is 1. */
  QuickLog written() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            insert into tidemark.event (session_key, cursor, event_id, epoch_number, type, source, turn_id, payload, created_at, chain_hash)
            values (?, ?, gen_random_uuid(), 1, ?, 'echo', ?, '{"content":"0123456789"}', ?, sha256(''))""")) {
      for (Written event : events) {
        insert.setLong(1, key);
        insert.setLong(2, event.cursor());
        insert.setString(3, event.type());
        insert.setObject(4, event.turnId());
        insert.setObject(5, event.at());
        insert.addBatch();
      }
      var unused = insert.executeBatch();
    }
    run(
        connection,
        """
        update tidemark.session_head h set head_cursor = e.head, floor_at = e.first_at, last_event_at = e.last_at
        from (select max(cursor) as head, min(created_at) as first_at, max(created_at) as last_at
              from tidemark.event where session_key = ?) as e
        where session_key = ?""",
        key,
        key);
    return this;
  }
}
