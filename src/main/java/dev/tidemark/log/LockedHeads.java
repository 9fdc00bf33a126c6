package dev.tidemark.log;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Counter rows, each locked until the end of the transaction.
 *
 * @param clock the time of the database's clock; {@code null} if there are no rows
 */
record LockedHeads(List<Head> heads, Instant clock) {
  /** Reads the rows of {@link AppendSql}; the epoch is the same in all of them. */
  static LockedHeads of(ResultSet rows) throws SQLException {
    List<Head> heads = new ArrayList<>();
    int epochNumber = 0;
    String epochId = null;
    Instant clock = null;
    while (rows.next()) {
      if (epochId == null) {
        epochNumber = rows.getInt(7);
        epochId = rows.getString(8);
        clock = instant(rows, 9);
        if (epochId == null) {
          throw new IllegalStateException(
              "There is no epoch: the database was never observed by a gateway.");
        }
      }
      heads.add(
          new Head(
              rows.getLong(1),
              rows.getString(2),
              rows.getLong(3),
              rows.getLong(4),
              rows.getBytes(5),
              epochNumber,
              epochId,
              instant(rows, 6)));
    }
    return new LockedHeads(heads, clock);
  }

  private static Instant instant(ResultSet rows, int column) throws SQLException {
    return rows.getObject(column, OffsetDateTime.class).toInstant();
  }
}
