package dev.tidemark.session;

import dev.tidemark.log.ColumnArrays;
import dev.tidemark.log.ReaderRole;
import dev.tidemark.wire.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** The two statements of a join, each for all joins that share the transaction. */
final class JoinSql {
  /**
   * Opens the sessions that each principal may enter; the statements that follow read only those. A
   * missing session and a forbidden one cost the same work and give the same empty result.
   */
  private static final String OPEN =
      "select place, session_key, agent_id, owner, access from tidemark.open_sessions(?::text[], ?::text[], ?::text[])";

  /** A single statement, so that all positions are of one moment. */
  static final String POSITIONS =
      """
      select session_key, head_cursor, floor_cursor,
        (select epoch_id from tidemark.epoch order by epoch_number desc limit 1)
      from tidemark.session_head
      where session_key = any (nullif(current_setting('tidemark.session_keys', true), '')::bigint[])""";

  private static final String FIND = OPEN + ";\n" + ReaderRole.ENTER + POSITIONS + ReaderRole.LEAVE;

  private static final String RECORD =
      """
      insert into tidemark.join_record
        (principal, tenant, remote_address, node, session_id, session_key, since, since_epoch, outcome, reason,
         head_cursor, floor_cursor, events, connection_id, user_agent, capabilities, epoch, baseline, snapshot)
      select principal, tenant, remote_address, node, session_id, session_key, since, since_epoch, outcome, reason,
        head_cursor, floor_cursor, events, connection_id::uuid, user_agent, capabilities::text[], epoch, baseline,
        snapshot::boolean
      from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::text[],
        ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::bigint[], ?::text[])
        as joined (principal, tenant, remote_address, node, session_id, session_key, since, since_epoch, outcome,
          reason, head_cursor, floor_cursor, events, connection_id, user_agent, capabilities, epoch, baseline, snapshot)
      returning connection_id, join_id""";

  private JoinSql() {}

  /** The requested sessions that exist and that the principal may enter. */
  static Map<SessionLookup, AccessibleSession> find(
      Connection connection, List<SessionLookup> lookups) throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      setLookups(find, lookups);
      find.execute();
      List<Opened> opened = opened(find.getResultSet(), lookups);
      ReaderRole.next(find);
      Map<Long, Position> positions = new HashMap<>();
      try (ResultSet row = ReaderRole.next(find)) {
        while (row.next()) {
          positions.put(
              row.getLong(1), new Position(row.getString(4), row.getLong(2), row.getLong(3)));
        }
      }
      Map<SessionLookup, AccessibleSession> found = new HashMap<>();
      for (Opened one : opened) {
        Position position = positions.get(one.session().sessionKey());
        if (position != null) {
          found.put(one.lookup(), new AccessibleSession(one.session(), one.access(), position));
        }
      }
      return found;
    }
  }

  /** The current access to each session; sessions without access are omitted. */
  static Map<SessionLookup, Access> accesses(Connection connection, List<SessionLookup> lookups)
      throws SQLException {
    try (PreparedStatement open = connection.prepareStatement(OPEN)) {
      setLookups(open, lookups);
      return opened(open.executeQuery(), lookups).stream()
          .collect(Collectors.toMap(Opened::lookup, Opened::access));
    }
  }

  private static void setLookups(PreparedStatement statement, List<SessionLookup> lookups)
      throws SQLException {
    var unused =
        new ColumnArrays<>(statement, lookups)
            .texts(SessionLookup::tenant)
            .texts(SessionLookup::principal)
            .texts(SessionLookup::sessionId);
  }

  private record Opened(SessionLookup lookup, Session session, Access access) {}

  private static List<Opened> opened(ResultSet rows, List<SessionLookup> lookups)
      throws SQLException {
    try (rows) {
      List<Opened> opened = new ArrayList<>();
      while (rows.next()) {
        SessionLookup lookup = lookups.get(rows.getInt(1) - 1);
        Session session =
            new Session(
                rows.getLong(2),
                lookup.sessionId(),
                lookup.tenant(),
                rows.getString(3),
                rows.getString(4));
        opened.add(new Opened(lookup, session, Access.named(rows.getString(5))));
      }
      return opened;
    }
  }

  /**
   * Records joins, at most one for each connection.
   *
   * @return numbers of the records, by connection
   */
  static Map<UUID, Long> record(Connection connection, String node, List<JoinRecord> joins)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(RECORD)) {
      var unused =
          new ColumnArrays<>(insert, joins)
              .texts(join -> join.request().client().principal())
              .texts(join -> join.request().client().tenant())
              .texts(join -> join.request().client().remoteAddress())
              .texts(join -> node)
              .texts(join -> join.request().sessionId())
              .longs(JoinRecord::sessionKey)
              .longs(JoinRecord::since)
              .texts(JoinRecord::sinceEpoch)
              .texts(JoinRecord::outcome)
              .texts(JoinRecord::reason)
              .longs(JoinRecord::head)
              .longs(JoinRecord::floor)
              .longs(JoinRecord::events)
              .texts(join -> join.request().client().connectionId().toString())
              .texts(join -> join.request().client().userAgent().orElse(null))
              .texts(JoinRecord::capabilities)
              .texts(JoinRecord::epoch)
              .longs(JoinRecord::baseline)
              .texts(join -> join.snapshot() == null ? null : join.snapshot().toString());
      Map<UUID, Long> numbers = new HashMap<>();
      try (ResultSet row = insert.executeQuery()) {
        while (row.next()) {
          numbers.put(row.getObject(1, UUID.class), row.getLong(2));
        }
      }
      return numbers;
    }
  }
}
