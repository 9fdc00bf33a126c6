package dev.tidemark.ops;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A connection of the server's pool for a transaction that is not the container's. Whatever is
 * thrown, nothing of the transaction stays in the connection that others get next: after an {@code
 * Error} it may be in the middle of a message, and is thrown away.
 */
public final class PooledConnection {
  private PooledConnection() {}

  /** Work on a connection. */
  @FunctionalInterface
  public interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /** Does the work in a transaction, and commits it; after a failure nothing of it is left. */
  public static <T> T transaction(DataSource dataSource, Work<T> work) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T result = work.run(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } catch (Error e) {
        discard(connection);
        throw e;
      }
    }
  }

  /** Breaks the connection, so that the pool gives it to nobody: it looks before it gives. */
  public static void discard(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException | RuntimeException | Error e) {
      return; // it is broken already, or there is no memory even for that: the pool looks by itself
    }
  }
}
