package dev.tidemark.tools.fill;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.postgresql.util.PGInterval;

/**
 * Rows as a test compares them: whole numbers, times and durations (in microseconds) as {@code
 * Long}, all else but booleans as text.
 */
final class ResultRows {
  private ResultRows() {}

  static List<Object> row(Object... values) {
    return Arrays.asList(Arrays.stream(values).map(ResultRows::plain).toArray());
  }

  static List<List<Object>> rows(ResultSet result) throws SQLException {
    List<List<Object>> rows = new ArrayList<>();
    while (result.next()) {
      Object[] values = new Object[result.getMetaData().getColumnCount()];
      for (int i = 0; i < values.length; i++) {
        values[i] = result.getObject(i + 1);
      }
      rows.add(row(values));
    }
    return rows;
  }

  private static Object plain(Object value) {
    if (value == null || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Timestamp time) {
      return Times.of(time.toInstant());
    }
    if (value instanceof PGInterval interval) {
      return ((interval.getDays() * 24L + interval.getHours()) * 60 + interval.getMinutes())
              * Times.MINUTE
          + interval.getWholeSeconds() * Times.SECOND
          + interval.getMicroSeconds();
    }
    if (value instanceof BigDecimal || value instanceof Long || value instanceof Integer) {
      return ((Number) value).longValue();
    }
    if (value instanceof UUID) {
      return value.toString();
    }
    return value.toString();
  }
}
