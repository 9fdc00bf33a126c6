package dev.tidemark.testing.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Closes the connections to {@link SchemaDatabase} that a test class has opened, at the end of that
 * class: all classes share one server. JUnit finds this extension by itself.
 */
public final class OpenDatabaseConnections implements AfterAllCallback {
  private static final Set<Connection> OPEN = ConcurrentHashMap.newKeySet();

  static Connection opened(Connection connection) {
    OPEN.add(connection);
    return connection;
  }

  @Override
  public void afterAll(ExtensionContext context) throws SQLException {
    for (Connection connection : OPEN) {
      connection.close();
    }
    OPEN.clear(); // classes run one after another
  }
}
