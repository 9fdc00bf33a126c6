package dev.tidemark.ops;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Inserts many rows with one statement, in a transaction of the caller's. If the database refuses
 * values among them, the rows are inserted by halves, until only those that it refuses are left: no
 * row is lost because of another. For one transaction and one thread.
 */
public final class RefusedRows {
  /** Classes of SQLSTATE: bad data, a constraint, more than a row or an index can hold. */
  private static final Set<String> OF_VALUES = Set.of("22", "23", "54");

  private final Connection connection;
  private SQLException reason;

  public RefusedRows(Connection connection) {
    this.connection = connection;
  }

  /** A statement that inserts all of the given rows or none. */
  public interface Insert<T> {
    void of(List<T> rows) throws SQLException;
  }

  /**
   * Inserts the rows, and returns those that no attempt will ever insert; usually none.
   *
   * @throws SQLException if it failed for another reason than the rows' values
   */
  public <T> List<T> of(List<T> rows, Insert<T> insert) throws SQLException {
    if (rows.isEmpty() || isInserted(rows, insert)) {
      return List.of();
    }
    if (rows.size() == 1) {
      return rows;
    }
    int middle = rows.size() / 2;
    List<T> refused = new ArrayList<>(of(rows.subList(0, middle), insert));
    refused.addAll(of(rows.subList(middle, rows.size()), insert));
    return refused;
  }

  /** The database's reason for the newest refusal; empty if there was none. */
  public Optional<SQLException> reason() {
    return Optional.ofNullable(reason);
  }

  private <T> boolean isInserted(List<T> rows, Insert<T> insert) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      insert.of(rows);
      connection.releaseSavepoint(before);
      return true;
    } catch (SQLException e) {
      if (e.getSQLState() == null || !OF_VALUES.contains(e.getSQLState().substring(0, 2))) {
        throw e;
      }
      connection.rollback(before);
      reason = e;
      return false;
    }
  }
}
