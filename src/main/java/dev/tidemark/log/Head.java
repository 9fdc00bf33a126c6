package dev.tidemark.log;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * A session's counter row while its lock is held.
 *
 * @param cursor the newest event's cursor, 0 if there is none
 * @param chainHash the newest event's hash
 * @param now the database's clock, never before the newest event's, so that time does not run
 *     backwards within a session
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record Head(
    long sessionKey,
    String sessionId,
    long cursor,
    long floor,
    byte[] chainHash,
    int epochNumber,
    String epochId,
    Instant now) {
  /** Reads the rows of {@link AppendStatement}; the epoch is the same in all of them. */
  static List<Head> of(ResultSet rows) throws SQLException {
    List<Head> heads = new ArrayList<>();
    int epochNumber = 0;
    String epochId = null;
    while (rows.next()) {
      if (epochId == null) {
        epochNumber = rows.getInt(7);
        epochId = rows.getString(8);
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
              rows.getObject(6, OffsetDateTime.class).toInstant()));
    }
    return heads;
  }
}
