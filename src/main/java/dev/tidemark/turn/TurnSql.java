package dev.tidemark.turn;

import dev.tidemark.log.AppendCondition;
import dev.tidemark.log.AppendParticipant.Written;
import dev.tidemark.log.ColumnArrays;
import dev.tidemark.wire.EventFrame;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.Session;

/**
 * The statements on {@code turn}, each for many turns. Those that take a connection run in a group
 * commit of the log, under the locks of the turns' sessions.
 */
final class TurnSql {
  /** In the order of the cursors, which is the order in which a session's turns run. */
  private static final String QUEUE =
      """
      insert into tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, status, queued_at)
      select turn_id::uuid, session_key, cursor, message_id, agent_id, 'queued', clock_timestamp()
      from unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[])
        as asked (turn_id, session_key, cursor, message_id, agent_id)
      order by session_key, cursor""";

  private static final String FIND_NEXT =
      """
      select t.turn_id, t.session_key, t.message_cursor, t.message_id, t.agent_id, t.attempt, t.abort_requested_at,
             s.session_id, m.content, m.metadata, c.state
      from unnest(?::bigint[]) as asked (session_key)
      cross join lateral (
        select * from tidemark.turn q where q.session_key = asked.session_key and q.status = 'queued'
        order by q.turn_number limit 1) t
      join tidemark.session s on s.session_key = t.session_key
      join tidemark.session_state c on c.session_key = t.session_key
      left join tidemark.message m on (m.session_key, m.cursor) = (t.session_key, t.message_cursor)
      where not exists (select from tidemark.turn r
        where r.session_key = asked.session_key and r.status = 'running')""";

  private static final String BEGIN =
      """
      update tidemark.turn t
      set status = 'running', started_cursor = b.cursor, started_at = b.started_at,
        lease_owner = b.lease_owner, lease_ends_at = b.lease_ends_at
      from unnest(?::text[], ?::bigint[], ?::timestamptz[], ?::text[], ?::timestamptz[])
        as b (turn_id, cursor, started_at, lease_owner, lease_ends_at)
      where t.turn_id = b.turn_id::uuid""";

  private static final String FIND_GOING =
      """
      select turn_id, status = 'running' and lease_owner = ?, abort_requested_at is not null
      from tidemark.turn where turn_id = any(?)""";

  private static final String ALL_GOING =
      """
      (select count(*) from tidemark.turn
       where turn_id = any(?) and status = 'running' and lease_owner = ? and abort_requested_at is null) = ?""";

  private static final String FIND_ABORT_REASONS =
      """
      select turn_id, coalesce(abort_reason, 'user') from tidemark.turn
      where lease_owner = ? and status = 'running' and turn_id = any(?)""";

  private static final String END =
      """
      update tidemark.turn t
      set status = e.status, ended_cursor = e.cursor, ended_at = e.ended_at, lease_owner = null, lease_ends_at = null
      from unnest(?::text[], ?::text[], ?::bigint[], ?::timestamptz[]) as e (turn_id, status, cursor, ended_at)
      where t.turn_id = e.turn_id::uuid""";

  private static final String RENEW =
      """
      update tidemark.turn t set lease_ends_at = clock_timestamp() + make_interval(secs => :seconds)
      from (select turn_id from tidemark.turn where turn_id in (:ids) and status = 'running' and lease_owner = :owner
            for no key update skip locked) as free
      where t.turn_id = free.turn_id""";

  private static final String FIND_LOST =
      """
      select * from tidemark.turn where status = 'running' and lease_ends_at < clock_timestamp()
      order by lease_ends_at limit 1000""";

  private TurnSql() {}

  /** Queues a turn for each message. */
  static void queue(Connection connection, List<Written<Messages.Said>> messages)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(QUEUE)) {
      var unused =
          new ColumnArrays<>(insert, messages)
              .texts(message -> UUID.randomUUID().toString())
              .longs(Written::sessionKey)
              .longs(message -> message.events().get(0).cursor())
              .texts(message -> message.subject().key().messageId())
              .texts(message -> message.subject().agentId());
      insert.executeUpdate();
    }
  }

  /** The next queued turn of each session in which none is running, by session. */
  static Map<Long, StartedTurn> next(Connection connection, List<Long> sessionKeys)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND_NEXT)) {
      var unused = new ColumnArrays<>(find, sessionKeys).longs(Function.identity());
      try (ResultSet row = find.executeQuery()) {
        Map<Long, StartedTurn> next = new HashMap<>();
        while (row.next()) {
          StartedTurn turn = StartedTurn.of(row);
          next.put(turn.turn().sessionKey, turn);
        }
        return next;
      }
    }
  }

  /** Marks turns as running. */
  static void begin(Connection connection, List<Turn> turns) throws SQLException {
    try (PreparedStatement begin = connection.prepareStatement(BEGIN)) {
      var unused =
          new ColumnArrays<>(begin, turns)
              .texts(turn -> turn.turnId.toString())
              .longs(turn -> turn.startedCursor)
              .texts(turn -> turn.startedAt.toString())
              .texts(turn -> turn.leaseOwner)
              .texts(turn -> turn.leaseEndsAt.toString());
      begin.executeUpdate();
    }
  }

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

  /** The given turns that this node runs, each with the reason that an abort would have. */
  static Map<UUID, String> abortReasons(
      Connection connection, String nodeName, Collection<UUID> turnIds) throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND_ABORT_REASONS)) {
      find.setString(1, nodeName);
      find.setArray(2, ids(connection, turnIds));
      try (ResultSet row = find.executeQuery()) {
        Map<UUID, String> reasons = new HashMap<>();
        while (row.next()) {
          reasons.put(row.getObject(1, UUID.class), row.getString(2));
        }
        return reasons;
      }
    }
  }

  private static java.sql.Array ids(Connection connection, Collection<UUID> turnIds)
      throws SQLException {
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
      EntityManager entities, String nodeName, Duration lease, Collection<UUID> turnIds) {
    entities
        .createNativeQuery(RENEW)
        .setParameter("seconds", lease.toMillis() / 1_000.0)
        .setParameter("ids", turnIds)
        .setParameter("owner", nodeName)
        .executeUpdate();
  }

  /** Turns whose lease has run out by the database's clock, the oldest first. */
  static List<Turn> lost(EntityManager entities) {
    return entities.unwrap(Session.class).createNativeQuery(FIND_LOST, Turn.class).getResultList();
  }
}
