package dev.tidemark.session;

import dev.tidemark.log.RowColumns;
import dev.tidemark.wire.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The two statements of a join, for as many joins as share the transaction. */
final class JoinStatements {
  /** All at one moment, because it is one statement. */
  private static final String FIND =
      """
      select s.session_key, s.session_id, s.tenant, s.agent_id, s.owner, h.head_cursor, h.floor_cursor,
             (select epoch_id from tidemark.epoch order by epoch_number desc limit 1) as epoch_id
      from unnest(?::text[], ?::text[]) as asked (tenant, session_id)
      join tidemark.session s using (tenant, session_id)
      join tidemark.session_head h using (session_key)""";

  private static final String RECORD =
      """
      insert into tidemark.join_record
        (principal, tenant, remote_address, node, session_id, session_key, since, since_epoch, outcome, reason, head_cursor, floor_cursor,
         events, connection_id, user_agent, capabilities, epoch, baseline, snapshot)
      select principal, tenant, remote_address, node, session_id, session_key, since, since_epoch, outcome, reason, head_cursor, floor_cursor,
        events, connection_id::uuid, user_agent, capabilities::text[], epoch, baseline, snapshot::boolean
      from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[],
        ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[])
        as joined (principal, tenant, remote_address, node, session_id, session_key, since, since_epoch, outcome, reason, head_cursor,
          floor_cursor, events, connection_id, user_agent, capabilities, epoch, baseline, snapshot)
      returning connection_id, join_id""";

  private JoinStatements() {}

  /** What a session is called. */
  record Name(String tenant, String sessionId) {}

  /** A session and where it stands. */
  record Standing(Session session, Position position) {}

  /** The sessions of these names, as far as there are such. */
  static Map<Name, Standing> find(Connection connection, List<Name> names) throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      var unused = new RowColumns<>(find, names).texts(Name::tenant).texts(Name::sessionId);
      try (ResultSet row = find.executeQuery()) {
        Map<Name, Standing> found = new HashMap<>();
        while (row.next()) {
          Session session =
              new Session(
                  row.getLong(1),
                  row.getString(2),
                  row.getString(3),
                  row.getString(4),
                  row.getString(5));
          found.put(
              new Name(session.tenant(), session.sessionId()),
              new Standing(
                  session, new Position(row.getString(8), row.getLong(6), row.getLong(7))));
        }
        return found;
      }
    }
  }

  /**
   * Writes joins down, of a connection at most one.
   *
   * @return their numbers, by connection
   */
  static Map<UUID, Long> record(Connection connection, String node, List<JoinRecord> joins)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(RECORD)) {
      var unused =
          new RowColumns<>(insert, joins)
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
