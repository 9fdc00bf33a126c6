package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;

import java.sql.Connection;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;

/**
 * One session and the simplest possible appender: one event for each call, hashed by the database.
 */
final class TestLog {
  private final Connection connection;
  final String sessionId;
  final long key;

  TestLog(Connection connection, String sessionId) {
    this.connection = connection;
    this.sessionId = sessionId;
    run(connection, "select tidemark.observe_epoch('test')");
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
    // Long before every event of every test.
    run(
        connection,
        "insert into tidemark.session_head (session_key, floor_at) values (?, now() - interval '1000 days')",
        key);
    run(connection, "insert into tidemark.session_state (session_key) values (?)", key);
  }

  private TestLog(Connection connection, String sessionId, long key) {
    this.connection = connection;
    this.sessionId = sessionId;
    this.key = key;
  }

  /** The same session through another connection. */
  TestLog through(Connection other) {
    return new TestLog(other, sessionId, key);
  }

  long append(String type, String payload) {
    return append(type, payload, null, Instant.now());
  }

  long append(String type, String payload, UUID turnId, Instant at) {
    return (Long)
        one(
            connection,
            """
            with head as materialized (
              select h.session_key, s.session_id, h.head_cursor + 1 as cursor, h.chain_hash as previous,
                     greatest(cast(? as timestamptz), h.last_event_at) as created_at,
                     gen_random_uuid() as event_id, cast(? as text) as type, cast(? as uuid) as turn_id,
                     cast(? as text) as payload
                from tidemark.session_head h join tidemark.session s using (session_key)
               where h.session_key = ? for update of h
            ), fresh as materialized (
              select head.*, e.epoch_number,
                     tidemark.event_hash(previous, e.epoch_id, session_id, cursor, event_id, type, 'echo',
                                         turn_id, created_at, payload) as chain_hash
                from head, (select * from tidemark.epoch order by epoch_number desc limit 1) e
            ), moved as (
              update tidemark.session_head h
                 set head_cursor = fresh.cursor, chain_hash = fresh.chain_hash, last_event_at = fresh.created_at
                from fresh where h.session_key = fresh.session_key
            )
            insert into tidemark.event
                   (session_key, cursor, event_id, epoch_number, type, source, turn_id, payload, created_at, chain_hash)
            select session_key, cursor, event_id, epoch_number, type, 'echo', turn_id, cast(payload as json),
                   created_at, chain_hash
              from fresh
            returning cursor
            """,
            OffsetDateTime.ofInstant(at, ZoneOffset.UTC),
            type,
            turnId,
            payload,
            key);
  }

  UUID turn(String status) {
    var turnId = UUID.randomUUID();
    run(
        connection,
        """
        insert into tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, status, lease_ends_at)
        values (?, ?, 1, 'm-1', 'echo', ?, now() + interval '1 minute')
        """,
        turnId,
        key,
        status);
    return turnId;
  }

  long floor() {
    return (Long)
        one(
            connection,
            "select floor_cursor from tidemark.session_head where session_key = ?",
            key);
  }
}
