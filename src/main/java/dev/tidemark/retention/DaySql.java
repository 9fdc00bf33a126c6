package dev.tidemark.retention;

import dev.tidemark.retention.PurgeSteps.Day;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Calls the functions of the schema's owner that move a day. Plain JDBC: when a statement fails,
 * Hibernate gives its connection back before {@link LongStatements} can restore it.
 */
final class DaySql {
  private static final String MOVED = "select partition, rows_removed, busy from tidemark.";
  private static final String RETIRE_DAY = MOVED + "retire_day(?)";
  private static final String LEAVE_HISTORY = MOVED + "leave_history(?, make_interval(secs => ?))";
  private static final String DROP_DAY = MOVED + "drop_day(?, make_interval(secs => ?))";

  private final Connection connection;
  private final String nodeName; // for the record of each step

  DaySql(Connection connection, String nodeName) {
    this.connection = connection;
    this.nodeName = nodeName;
  }

  Optional<Day> retireDay() throws SQLException {
    try (PreparedStatement step = connection.prepareStatement(RETIRE_DAY)) {
      return moved(step);
    }
  }

  Optional<Day> leaveHistory(Duration historyAge) throws SQLException {
    return moved(LEAVE_HISTORY, historyAge);
  }

  Optional<Day> dropDay(Duration historyAge) throws SQLException {
    return moved(DROP_DAY, historyAge);
  }

  private Optional<Day> moved(String sql, Duration historyAge) throws SQLException {
    try (PreparedStatement step = connection.prepareStatement(sql)) {
      step.setDouble(2, historyAge.toMillis() / 1_000.0);
      return moved(step);
    }
  }

  private Optional<Day> moved(PreparedStatement step) throws SQLException {
    step.setString(1, nodeName);
    try (ResultSet row = step.executeQuery()) {
      return row.next()
          ? Optional.of(new Day(row.getString(1), row.getLong(2), row.getBoolean(3)))
          : Optional.empty();
    }
  }
}
