package dev.tidemark.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Asks for the partitions of the log. */
final class PartitionSql {
  /** Looks further than {@code tidemark.retention.partition-days} may reach. */
  private static final String DAYS_AHEAD =
      """
      select coalesce(min(ahead), 400) from generate_series(0, 399) ahead
      where to_regclass('tidemark.event_'
        || to_char((clock_timestamp() at time zone 'UTC')::date + ahead, 'YYYYMMDD')) is null""";

  private PartitionSql() {}

  /** The number of days, today included, up to the first one without a partition (UTC). */
  static int daysAhead(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(DAYS_AHEAD);
        ResultSet result = query.executeQuery()) {
      result.next();
      return result.getInt(1);
    }
  }
}
