package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The statements of an append, for all sessions of a transaction at once. Native SQL: one set-based
 * insert is five times as fast as persisting entities one by one, and the hash of each event needs
 * the values of the session's row.
 */
final class AppendSql {
  /** After a wait for a lock, PostgreSQL computes the row anew from its last committed version. */
  private static final String LOCK =
      """
      select h.session_key, s.session_id, h.head_cursor, h.floor_cursor, h.chain_hash,
             greatest(clock_timestamp(), h.last_event_at, h.floor_at), e.epoch_number, e.epoch_id, clock_timestamp()
      from tidemark.session_head h
      join tidemark.session s using (session_key)
      left join (select epoch_number, epoch_id from tidemark.epoch order by epoch_number desc limit 1) e on true
      where h.session_key = any(?)
      for no key update of h""";

  /** The session's own row too: rows that are written beside have a foreign key to it. */
  private static final String LOCK_WHAT_IS_FREE =
      LOCK + " skip locked for key share of s skip locked";

  /** The caller's whole transaction waits for no row longer than that: it has a connection. */
  private static final String LOCK_ONLY =
      "set local lock_timeout = '100ms';\n"
          + "select 1 from tidemark.session_head where session_key = ? for no key update";

  private static final String EXISTING =
      "select session_key from tidemark.session_head where session_key = any(?)";

  private static final String INSERT =
      """
      insert into tidemark.event
        (session_key, cursor, event_id, epoch_number, type, source, turn_id, payload, created_at, chain_hash)
      select session_key, cursor, event_id::uuid, ?, type, source, turn_id::uuid, payload::json, created_at, chain_hash
      from unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::timestamptz[], ?::bytea[])
        as e (session_key, cursor, event_id, type, source, turn_id, payload, created_at, chain_hash)
      """;

  private static final String WRITE =
      """
      with moved as (
        update tidemark.session_head h
        set head_cursor = m.head_cursor, chain_hash = m.chain_hash, last_event_at = m.last_event_at
        from unnest(?::bigint[], ?::bigint[], ?::bytea[], ?::timestamptz[])
          as m (session_key, head_cursor, chain_hash, last_event_at)
        where h.session_key = m.session_key)
      """
          + INSERT;

  /**
   * Locks, checks, moves and inserts in one statement, all or nothing. The chain hash stands for a
   * session's position and its history; it has to be the known one. Rows that are locked elsewhere
   * or have moved are not among {@code locked}: if a row moved after the statement began,
   * PostgreSQL checks its newest version once it has the lock. Ending a turn, or taking it from
   * this node, always moves the session's row. The epoch is compared by its id, because a restore
   * to a time before it began gives its number to another line.
   */
  private static final String WRITE_IF_UNMOVED =
      """
      with m as materialized (
        select * from unnest(?::bigint[], ?::bigint[], ?::bytea[], ?::timestamptz[], ?::bytea[])
          as m (session_key, head_cursor, chain_hash, last_event_at, known_hash)),
      locked as materialized (
        select h.session_key from tidemark.session_head h join m using (session_key)
        where h.chain_hash = m.known_hash
        for no key update of h skip locked),
      agreed as materialized (
        select from (select count(*) as sessions from locked) as l
        where l.sessions = ? and (select epoch_id from tidemark.epoch order by epoch_number desc limit 1) = ?::uuid%s),
      moved as (
        update tidemark.session_head h
        set head_cursor = m.head_cursor, chain_hash = m.chain_hash, last_event_at = m.last_event_at
        from m, agreed
        where h.session_key = m.session_key)
      """
          + INSERT
          + ", agreed";

  /** The batch may be committed, so it must not be tried again in halves as a refused one is. */
  private static final String COMPLETION_UNKNOWN = "40003";

  /** The driver sends both together. */
  private static final String AND_COMMIT = ";\ncommit";

  private AppendSql() {}

  /** One session's part of a batch: its head and the events that follow it, in order. */
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
    List<Head> heads = lock(connection, LOCK, List.of(sessionKey)).heads();
    if (heads.isEmpty()) {
      throw new UnknownSessionException(sessionKey);
    }
    return heads.get(0);
  }

  /**
   * Locks a counter row until the end of the transaction, and reads nothing of it. If somebody else
   * holds it for long, it fails, and may be tried again ({@link StorageFailure#isTransient}).
   *
   * @throws UnknownSessionException if there is no such session
   */
  static void lockOnly(Connection connection, long sessionKey) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(LOCK_ONLY)) {
      select.setLong(1, sessionKey);
      try (ResultSet row = ReaderRole.rows(select)) {
        if (!row.next()) {
          throw new UnknownSessionException(sessionKey);
        }
      }
    }
  }

  /** Returns the sessions that exist, locked or not. */
  static Set<Long> existing(Connection connection, Collection<Long> sessionKeys)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(EXISTING)) {
      select.setArray(1, connection.createArrayOf("bigint", sessionKeys.toArray(Long[]::new)));
      try (ResultSet row = select.executeQuery()) {
        Set<Long> existing = new HashSet<>();
        while (row.next()) {
          existing.add(row.getLong(1));
        }
        return existing;
      }
    }
  }

  /** Locks the counter rows that exist and that nobody else holds; never waits. */
  static LockedHeads lockWhatIsFree(Connection connection, Collection<Long> sessionKeys)
      throws SQLException {
    return lock(connection, LOCK_WHAT_IS_FREE, sessionKeys);
  }

  private static LockedHeads lock(Connection connection, String sql, Collection<Long> sessionKeys)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setArray(1, connection.createArrayOf("bigint", sessionKeys.toArray(Long[]::new)));
      try (ResultSet rows = select.executeQuery()) {
        return LockedHeads.of(rows);
      }
    }
  }

  /**
   * Moves the counters of locked sessions and inserts the events in one statement.
   *
   * @param last whether to commit right after it
   * @return the new head of each session
   */
  static List<Head> write(Connection connection, List<Extension> extensions, boolean last)
      throws SQLException {
    AppendColumns columns = new AppendColumns(extensions);
    try (PreparedStatement write = connection.prepareStatement(last ? WRITE + AND_COMMIT : WRITE)) {
      columns.setEvents(connection, write, columns.setHeads(connection, write, 1));
      requireAll(write.executeUpdate(), columns);
      return columns.after();
    }
  }

  /**
   * Does the same and commits, for sessions whose heads are guessed and not locked yet, if each
   * session stands where its head says, nobody else holds it, the epoch is still the same and the
   * conditions hold.
   *
   * @return the new head of each session; empty if nothing was written
   */
  static Optional<List<Head>> writeIfUnmoved(
      Connection connection, List<Extension> extensions, List<AppendCondition> conditions)
      throws SQLException {
    AppendColumns columns = new AppendColumns(extensions);
    String clauses =
        conditions.stream()
            .map(condition -> " and " + condition.sql())
            .collect(Collectors.joining());
    try (PreparedStatement write =
        connection.prepareStatement(WRITE_IF_UNMOVED.formatted(clauses) + AND_COMMIT)) {
      int index = columns.setHeads(connection, write, 1);
      byte[][] known = extensions.stream().map(e -> e.head().chainHash()).toArray(byte[][]::new);
      write.setArray(index, connection.createArrayOf("bytea", known));
      write.setInt(index + 1, extensions.size());
      write.setString(index + 2, extensions.get(0).head().epochId());
      index += 3;
      for (AppendCondition condition : conditions) {
        index = condition.set(write, index);
      }
      columns.setEvents(connection, write, index);
      int inserted = write.executeUpdate();
      if (inserted == 0) {
        return Optional.empty();
      }
      requireAll(inserted, columns);
      return Optional.of(columns.after());
    }
  }

  private static void requireAll(int inserted, AppendColumns columns) throws SQLException {
    if (inserted != columns.events()) {
      throw new SQLException(
          "%d events were inserted instead of %d.".formatted(inserted, columns.events()),
          COMPLETION_UNKNOWN);
    }
  }
}
