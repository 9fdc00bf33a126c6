package dev.tidemark.session;

import dev.tidemark.log.AppendParticipant.Written;
import dev.tidemark.log.ColumnArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The statements on the event ids of producers, each for many sessions. */
final class PublicationSql {
  /** An event that has left the replay window is not retained any more. */
  private static final String FIND =
      """
      select asked.position, p.cursor
      from unnest(?::bigint[], ?::text[]) with ordinality as asked (session_key, event_id, position)
      join tidemark.publication p on p.session_key = asked.session_key and p.event_id = asked.event_id::uuid
      join tidemark.session_head h on h.session_key = p.session_key and p.cursor >= h.floor_cursor""";

  private static final String INSERT =
      """
      insert into tidemark.publication (session_key, event_id, cursor)
      select session_key, event_id::uuid, cursor
      from unnest(?::bigint[], ?::text[], ?::bigint[]) as p (session_key, event_id, cursor)
      on conflict (session_key, event_id) do update set cursor = excluded.cursor, published_at = clock_timestamp()""";

  private PublicationSql() {}

  /** The cursor of the retained event of each key; 0 for a key without one. */
  static long[] cursorsOf(Connection connection, List<Publications.Key> keys) throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      var unused =
          new ColumnArrays<>(find, keys)
              .longs(Publications.Key::sessionKey)
              .texts(key -> key.eventId().toString());
      long[] cursors = new long[keys.size()];
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          cursors[row.getInt(1) - 1] = row.getLong(2);
        }
      }
      return cursors;
    }
  }

  static void insert(Connection connection, List<Written<Publications.Key>> written)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      var unused =
          new ColumnArrays<>(insert, written)
              .longs(Written::sessionKey)
              .texts(one -> one.subject().eventId().toString())
              .longs(one -> one.events().get(0).cursor());
      insert.executeUpdate();
    }
  }
}
