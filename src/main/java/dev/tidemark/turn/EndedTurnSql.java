package dev.tidemark.turn;

import dev.tidemark.log.ColumnArrays;
import dev.tidemark.wire.EventFrame;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** The turns that terminal events end, many in one statement. Under the sessions' locks. */
final class EndedTurnSql {
  private static final String UPDATE =
      """
      update tidemark.turn t
      set status = e.status, ended_cursor = e.cursor, ended_at = e.ended_at, lease_owner = null, lease_ends_at = null
      from unnest(?::text[], ?::text[], ?::bigint[], ?::timestamptz[]) as e (turn_id, status, cursor, ended_at)
      where t.turn_id = e.turn_id::uuid""";

  private EndedTurnSql() {}

  /**
   * @param terminal the event that says so, appended in this transaction
   */
  record Row(TurnStatus status, EventFrame terminal) {}

  static void update(Connection connection, List<Row> rows) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
      var unused =
          new ColumnArrays<>(update, rows)
              .texts(row -> row.terminal().turnId())
              .texts(row -> row.status().text())
              .longs(row -> row.terminal().cursor())
              .texts(row -> row.terminal().timestamp().toString());
      update.executeUpdate();
    }
  }
}
