package dev.tidemark.turn;

import dev.tidemark.log.AppendParticipant.Written;
import dev.tidemark.log.ColumnArrays;
import dev.tidemark.log.Sender;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * The statements on queued turns. The turns of a session run in the order of their messages, so a
 * message that is tried again comes before those that were said after it.
 */
final class TurnQueueSql {
  private static final String QUEUE =
      """
      insert into tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, sender, status, queued_at)
      select turn_id::uuid, session_key, cursor, message_id, agent_id, sender, 'queued', clock_timestamp()
      from unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[])
        as asked (turn_id, session_key, cursor, message_id, agent_id, sender)
      order by session_key, cursor""";

  private static final String QUEUE_AGAIN =
      """
      insert into tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, sender, status, attempt)
      select gen_random_uuid(), session_key, message_cursor, message_id, agent_id, sender, 'queued', attempt + 1
      from tidemark.turn where turn_id = any(?)""";

  /** At most so many of a sender's turns are looked at as may be queued. */
  private static final String COUNT =
      """
      with asked as (
        select * from unnest(?::text[], ?::text[]) with ordinality as a (tenant, sender, position))
      select asked.position,
        (select count(*) from (
          select from tidemark.turn q join tidemark.session s using (session_key)
          where q.status = 'queued' and q.sender = asked.sender and s.tenant = asked.tenant limit ?) as found)
      from asked""";

  /**
   * A row that somebody else holds is found, and not free; nothing here waits for it. Large texts
   * stay where they are: a writer may start hundreds of turns at once.
   */
  private static final String FIND_NEXT =
      """
      with next as materialized (
        select t.turn_id, t.session_key, t.message_cursor, t.message_id, t.agent_id, t.attempt, t.abort_requested_at,
               s.tenant, s.session_id, coalesce(t.sender, m.sender) as sender, size.bytes, size.plain_bytes,
               case when size.bytes <= 16384 then m.content end as content,
               case when size.bytes <= 16384 then m.metadata end as metadata,
               case when size.bytes <= 16384 then c.state end as state
        from unnest(?::bigint[]) as asked (session_key)
        cross join lateral (
          select * from tidemark.turn q where q.session_key = asked.session_key and q.status = 'queued'
          order by q.message_cursor, q.turn_number limit 1) t
        join tidemark.session s on s.session_key = t.session_key
        join tidemark.session_state c on c.session_key = t.session_key
        left join tidemark.message m on (m.session_key, m.cursor) = (t.session_key, t.message_cursor)
        cross join lateral (select
          octet_length(m.content::text) + octet_length(m.metadata::text) + octet_length(c.state::text) as bytes,
          case when left(m.content::text, 1) = '"' then octet_length(m.content::text) else 0 end as plain_bytes
          offset 0) size -- computed once
        where not exists (select from tidemark.turn r
          where r.session_key = asked.session_key and r.status = 'running')),
      free as materialized (
        select q.turn_id from tidemark.turn q join next using (turn_id) for no key update of q skip locked)
      select next.*, free.turn_id is not null as is_free from next left join free using (turn_id)""";

  private static final String TEXTS =
      """
      select m.content, m.metadata, c.state
      from tidemark.turn t
      join tidemark.message m on (m.session_key, m.cursor) = (t.session_key, t.message_cursor)
      join tidemark.session_state c on c.session_key = t.session_key
      where t.turn_id = ?""";

  private static final String BEGIN =
      """
      update tidemark.turn t
      set status = 'running', started_cursor = b.cursor, started_at = b.started_at,
        lease_owner = b.lease_owner, lease_ends_at = b.lease_ends_at
      from unnest(?::text[], ?::bigint[], ?::timestamptz[], ?::text[], ?::timestamptz[])
        as b (turn_id, cursor, started_at, lease_owner, lease_ends_at)
      where t.turn_id = b.turn_id::uuid""";

  /**
   * The first in line of each tenant come first, and of a tenant the first of each sender: so
   * neither a long line nor many senders hide another.
   */
  private static final String WAITING =
      """
      select session_key, tenant, sender
      from (
        select p.*, row_number() over (partition by p.tenant order by p.place, p.queued_at) as place_in_tenant
        from (
          select n.*, row_number() over (partition by n.tenant, n.sender order by n.queued_at) as place
          from (
            select distinct on (q.session_key) q.session_key, q.queued_at, s.tenant,
              coalesce(q.sender, m.sender) as sender
            from tidemark.turn q
            join tidemark.session s using (session_key)
            left join tidemark.message m on (m.session_key, m.cursor) = (q.session_key, q.message_cursor)
            where q.status = 'queued'
              and not exists (select from tidemark.turn r
                where r.session_key = q.session_key and r.status = 'running')
            order by q.session_key, q.message_cursor, q.turn_number) n) p
        where p.place <= ? and p.sender is not null) as w
      order by place_in_tenant, queued_at limit 1000""";

  private static final String NEXT_SENDER =
      """
      select s.tenant, coalesce(q.sender, m.sender)
      from tidemark.turn q
      join tidemark.session s using (session_key)
      left join tidemark.message m on (m.session_key, m.cursor) = (q.session_key, q.message_cursor)
      where q.session_key = ? and q.status = 'queued'
        and not exists (select from tidemark.turn r where r.session_key = q.session_key and r.status = 'running')
      order by q.message_cursor, q.turn_number limit 1""";

  private static final String COUNT_ALL =
      "select count(*) from tidemark.turn where status = 'queued'";

  private TurnQueueSql() {}

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
              .texts(message -> message.subject().agentId())
              .texts(message -> message.subject().key().sender());
      insert.executeUpdate();
    }
  }

  /** Queues another attempt for the messages of these turns. */
  static void queueAgain(Connection connection, Collection<UUID> turnIds) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(QUEUE_AGAIN)) {
      insert.setArray(1, TurnSql.ids(connection, turnIds));
      insert.executeUpdate();
    }
  }

  /** The number of turns that each sender has queued in all sessions, at most {@code max}. */
  static Map<Sender, Integer> count(Connection connection, List<Sender> senders, int max)
      throws SQLException {
    try (PreparedStatement count = connection.prepareStatement(COUNT)) {
      var unused = new ColumnArrays<>(count, senders).texts(Sender::tenant).texts(Sender::name);
      count.setInt(3, max);
      Map<Sender, Integer> counts = new HashMap<>();
      try (ResultSet row = count.executeQuery()) {
        while (row.next()) {
          counts.put(senders.get(row.getInt(1) - 1), row.getInt(2));
        }
      }
      return counts;
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

  /** The texts of a turn. */
  static TurnTexts texts(Connection connection, UUID turnId) throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(TEXTS)) {
      find.setObject(1, turnId);
      try (ResultSet row = find.executeQuery()) {
        if (!row.next()) {
          throw new IllegalStateException("Turn " + turnId + " has no message.");
        }
        return TurnTexts.of(row);
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

  /**
   * Sessions in which a turn is queued and none runs, each with the sender of the turn that is
   * next.
   *
   * @param most the greatest number of one sender, the longest queued first
   * @return at most 1,000, the same number of each tenant that has so many
   */
  static List<TurnQueued> waiting(Connection connection, int most) throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(WAITING)) {
      find.setInt(1, most);
      List<TurnQueued> waiting = new ArrayList<>();
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          waiting.add(
              new TurnQueued(row.getLong(1), new Sender(row.getString(2), row.getString(3))));
        }
      }
      return waiting;
    }
  }

  /** The sender of the session's next turn; empty if none is queued or one runs. */
  static Optional<Sender> nextSender(Connection connection, long sessionKey) throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(NEXT_SENDER)) {
      find.setLong(1, sessionKey);
      try (ResultSet row = find.executeQuery()) {
        return row.next()
            ? Optional.of(new Sender(row.getString(1), row.getString(2)))
            : Optional.empty();
      }
    }
  }

  /** The number of all queued turns. */
  static long count(Connection connection) throws SQLException {
    try (PreparedStatement count = connection.prepareStatement(COUNT_ALL);
        ResultSet row = count.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }
}
