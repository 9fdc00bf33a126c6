package dev.tidemark.retention;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Lets statements on a connection last as long as they need: a day's records, or a day of events,
 * take longer than the pool lets a connection wait for its database. To be closed before the
 * connection, which goes back to the pool.
 */
final class LongStatements implements AutoCloseable {
  private final Connection connection;
  private final int millisBefore;

  private LongStatements(Connection connection, int millisBefore) {
    this.connection = connection;
    this.millisBefore = millisBefore;
  }

  static LongStatements on(Connection connection) throws SQLException {
    LongStatements allowed = new LongStatements(connection, connection.getNetworkTimeout());
    connection.setNetworkTimeout(Runnable::run, 0);
    return allowed;
  }

  /** A connection that is closed already is not given to anybody else. */
  @Override
  public void close() throws SQLException {
    if (!connection.isClosed()) {
      connection.setNetworkTimeout(Runnable::run, millisBefore);
    }
  }
}
