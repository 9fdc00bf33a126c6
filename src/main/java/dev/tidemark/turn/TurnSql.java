package dev.tidemark.turn;

import dev.tidemark.log.AppendCondition;
import dev.tidemark.log.ColumnArrays;
import dev.tidemark.log.Sender;
import dev.tidemark.wire.EventFrame;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The statements on running turns and their ends, each for many turns. None waits for a row that
 * somebody else holds. All but the renewal of leases and the search for lost turns run in a group
 * commit of the log, under the locks of the turns' sessions.
 */
final class TurnSql {
  private static final String FIND_GOING =
      """
      select turn_id, status = 'running' and lease_owner = ?, abort_requested_at is not null
      from tidemark.turn where turn_id = any(?)""";

  private static final String ALL_GOING =
      """
      (select count(*) from tidemark.turn
       where turn_id = any(?) and status = 'running' and lease_owner = ? and abort_requested_at is null) = ?""";

  private static final String FIND_RUNNING =
      """
      with found as materialized (
        select t.turn_id, t.attempt, t.lease_owner, t.lease_ends_at, s.tenant, coalesce(t.sender, m.sender) as sender,
          t.abort_requested_at is not null as is_aborted, coalesce(t.abort_reason, 'user') as abort_reason
        from tidemark.turn t
        join tidemark.session s using (session_key)
        left join tidemark.message m on (m.session_key, m.cursor) = (t.session_key, t.message_cursor)
        where t.turn_id = any(?) and t.status = 'running'),
      free as materialized (
        select t.turn_id from tidemark.turn t join found using (turn_id) for no key update of t skip locked)
      select found.*, free.turn_id is not null as is_free from found left join free using (turn_id)""";

  private static final String END =
      """
      update tidemark.turn t
      set status = e.status, ended_cursor = e.cursor, ended_at = e.ended_at, lease_owner = null, lease_ends_at = null
      from unnest(?::text[], ?::text[], ?::bigint[], ?::timestamptz[]) as e (turn_id, status, cursor, ended_at)
      where t.turn_id = e.turn_id::uuid""";

  private static final String RENEW =
      """
      update tidemark.turn t set lease_ends_at = clock_timestamp() + make_interval(secs => ?)
      from (select turn_id from tidemark.turn where turn_id = any(?) and status = 'running' and lease_owner = ?
            for no key update skip locked) as free
      where t.turn_id = free.turn_id""";

  private static final String FIND_LOST =
      """
      select turn_id, session_key, message_id, agent_id, lease_owner, lease_ends_at from tidemark.turn
      where status = 'running' and lease_ends_at < clock_timestamp() and turn_id <> all(?)
        and not (lease_owner = ? and turn_id = any(?))
      order by lease_ends_at limit 1000""";

  private TurnSql() {}

  /** The given turns that this node runs, each with whether a client asked to abort it. */
  static Map<UUID, Boolean> abortRequests(
      Connection connection, String nodeName, Collection<UUID> turnIds) throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND_GOING)) {
      find.setString(1, nodeName);
      find.setArray(2, ids(connection, turnIds));
      try (ResultSet row = find.executeQuery()) {
        Map<UUID, Boolean> requests = new HashMap<>();
        while (row.next()) {
          if (row.getBoolean(2)) {
            requests.put(row.getObject(1, UUID.class), row.getBoolean(3));
          }
        }
        return requests;
      }
    }
  }

  /**
   * Holds if all of these turns run on this node and none has an abort request. The ids are sent as
   * uuids: a text would be cast anew for each row.
   */
  record AllGoing(String nodeName, List<UUID> turnIds) implements AppendCondition {
    @Override
    public String sql() {
      return ALL_GOING;
    }

    @Override
    public int set(PreparedStatement statement, int index) throws SQLException {
      statement.setArray(index, ids(statement.getConnection(), turnIds));
      statement.setString(index + 1, nodeName);
      statement.setInt(index + 2, turnIds.size());
      return index + 3;
    }
  }

  /**
   * A running turn, as it is under its session's lock.
   *
   * @param abortReason the reason that an abort has, or would have
   * @param isFree whether nobody else held the turn's row; then it is held now
   */
  record Running(
      int attempt,
      String leaseOwner,
      Instant leaseEndsAt,
      Sender sender,
      boolean isAborted,
      String abortReason,
      boolean isFree) {}

  /** Those of the turns that are running, and holds the rows of those that nobody else held. */
  static Map<UUID, Running> running(Connection connection, Collection<UUID> turnIds)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND_RUNNING)) {
      find.setArray(1, ids(connection, turnIds));
      try (ResultSet row = find.executeQuery()) {
        Map<UUID, Running> running = new HashMap<>();
        while (row.next()) {
          running.put(
              row.getObject("turn_id", UUID.class),
              new Running(
                  row.getInt("attempt"),
                  row.getString("lease_owner"),
                  leaseEnd(row),
                  new Sender(row.getString("tenant"), row.getString("sender")),
                  row.getBoolean("is_aborted"),
                  row.getString("abort_reason"),
                  row.getBoolean("is_free")));
        }
        return running;
      }
    }
  }

  private static Instant leaseEnd(ResultSet row) throws SQLException {
    OffsetDateTime end = row.getObject("lease_ends_at", OffsetDateTime.class);
    return end == null ? Instant.MIN : end.toInstant();
  }

  static Array ids(Connection connection, Collection<UUID> turnIds) throws SQLException {
    return connection.createArrayOf("uuid", turnIds.toArray(UUID[]::new));
  }

  /**
   * A turn that has ended.
   *
   * @param terminal terminal event, appended in this transaction
   */
  record Ended(TurnStatus status, EventFrame terminal) {}

  /** Marks turns as ended. */
  static void end(Connection connection, List<Ended> ended) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(END)) {
      var unused =
          new ColumnArrays<>(update, ended)
              .texts(row -> row.terminal().turnId())
              .texts(row -> row.status().text())
              .longs(row -> row.terminal().cursor())
              .texts(row -> row.terminal().timestamp().toString());
      update.executeUpdate();
    }
  }

  /** Renews the leases of the given turns that this node runs and whose rows are not locked. */
  static void renew(
      Connection connection, String nodeName, Duration lease, Collection<UUID> turnIds)
      throws SQLException {
    try (PreparedStatement renew = connection.prepareStatement(RENEW)) {
      renew.setDouble(1, lease.toMillis() / 1_000.0);
      renew.setArray(2, ids(connection, turnIds));
      renew.setString(3, nodeName);
      renew.executeUpdate();
    }
  }

  /**
   * Turns whose lease has run out by the database's clock, the oldest first.
   *
   * @param beingTaken turns that are left out
   * @param running turns that are left out if the lease is this node's
   */
  static List<Turn> lost(
      Connection connection, String nodeName, Collection<UUID> beingTaken, Collection<UUID> running)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND_LOST)) {
      find.setArray(1, ids(connection, beingTaken));
      find.setString(2, nodeName);
      find.setArray(3, ids(connection, running));
      try (ResultSet row = find.executeQuery()) {
        List<Turn> lost = new ArrayList<>();
        while (row.next()) {
          Turn turn = new Turn();
          turn.turnId = row.getObject("turn_id", UUID.class);
          turn.sessionKey = row.getLong("session_key");
          turn.messageId = row.getString("message_id");
          turn.agentId = row.getString("agent_id");
          turn.leaseOwner = row.getString("lease_owner");
          turn.leaseEndsAt = leaseEnd(row);
          lost.add(turn);
        }
        return lost;
      }
    }
  }
}
