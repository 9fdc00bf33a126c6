package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The two statements of an append, for as many sessions as share the transaction. Native SQL: one
 * set-based insert is five times as fast as persisting entities one by one, and the hash of each
 * event needs the values that the lock gave.
 */
final class AppendStatement {
  /**
   * If it waits for a lock, PostgreSQL computes the row anew from what the last holder committed.
   */
  private static final String LOCK =
      """
      select h.session_key, s.session_id, h.head_cursor, h.floor_cursor, h.chain_hash,
             greatest(clock_timestamp(), h.last_event_at, h.floor_at), e.epoch_number, e.epoch_id
      from tidemark.session_head h
      join tidemark.session s using (session_key)
      left join (select epoch_number, epoch_id from tidemark.epoch order by epoch_number desc limit 1) e on true
      where h.session_key = any(?)
      for no key update of h""";

  private static final String LOCK_WHAT_IS_FREE = LOCK + " skip locked";

  private static final String WRITE =
      """
      with moved as (
        update tidemark.session_head h set head_cursor = m.head_cursor, chain_hash = m.chain_hash, last_event_at = m.last_event_at
        from unnest(?::bigint[], ?::bigint[], ?::bytea[], ?::timestamptz[]) as m (session_key, head_cursor, chain_hash, last_event_at)
        where h.session_key = m.session_key)
      insert into tidemark.event (session_key, cursor, event_id, epoch_number, type, source, turn_id, payload, created_at, chain_hash)
      select session_key, cursor, event_id::uuid, ?, type, source, turn_id::uuid, payload::json, created_at, chain_hash
      from unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::bytea[])
        as e (session_key, cursor, event_id, type, source, turn_id, payload, created_at, chain_hash)""";

  /** It may be committed: it must not be tried again, in halves, as a refused batch is. */
  private static final String COMPLETION_UNKNOWN = "40003";

  private static final String WRITE_AND_COMMIT = WRITE + ";\ncommit";

  private AppendStatement() {}

  /** What one session gets: its locked head and, in order, what follows it: events once written. */
  record Extension(Head head, List<Draft> drafts, List<EventFrame> events) {
    Extension(Head head) {
      this(head, new ArrayList<>(), new ArrayList<>());
    }

    long newHead() {
      return head.cursor() + drafts.size();
    }
  }

  /** Locks a counter row until the end of the transaction, and reads it. */
  static Head lock(Connection connection, long sessionKey) throws SQLException {
    List<Head> heads = heads(connection, LOCK, List.of(sessionKey));
    if (heads.isEmpty()) {
      throw new UnknownSessionException(sessionKey);
    }
    return heads.get(0);
  }

  /** Locks those of the counter rows that exist and that nobody else holds; never waits. */
  static List<Head> lockWhatIsFree(Connection connection, Collection<Long> sessionKeys)
      throws SQLException {
    return heads(connection, LOCK_WHAT_IS_FREE, sessionKeys);
  }

  private static List<Head> heads(Connection connection, String sql, Collection<Long> sessionKeys)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setArray(1, connection.createArrayOf("bigint", sessionKeys.toArray(Long[]::new)));
      try (ResultSet rows = select.executeQuery()) {
        return Head.of(rows);
      }
    }
  }

  /**
   * Moves the counters and inserts the events in one statement.
   *
   * @param last whether to commit right after it: the driver sends the two together
   */
  static void write(Connection connection, List<Extension> extensions, boolean last)
      throws SQLException {
    AppendColumns columns = new AppendColumns(extensions);
    try (PreparedStatement write = connection.prepareStatement(last ? WRITE_AND_COMMIT : WRITE)) {
      columns.set(connection, write);
      int inserted = write.executeUpdate();
      if (inserted != columns.events()) {
        throw new SQLException(
            "%d events were inserted instead of %d.".formatted(inserted, columns.events()),
            COMPLETION_UNKNOWN);
      }
    }
  }
}
