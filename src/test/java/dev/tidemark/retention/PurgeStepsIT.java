package dev.tidemark.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.testing.container.TidemarkArchive;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.UserTransaction;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** A step may last as long as it needs, and the next user of its connection may not. */
@ArquillianTest
class PurgeStepsIT {
  @Inject PurgeSteps steps;

  @Resource(lookup = "java:jboss/UserTransaction")
  private UserTransaction transaction;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  private DataSource dataSource;

  @Deployment
  static WebArchive application() {
    return TidemarkArchive.with(PurgeStepsIT.class);
  }

  @Test
  void theConnectionOfAStepThatFailedKeepsItsTimeout() throws Exception {
    transaction.begin();
    int backend;
    int timeout;
    try {
      try (Connection connection = dataSource.getConnection();
          Statement statement = connection.createStatement()) {
        timeout = connection.getNetworkTimeout();
        backend = backend(connection);
        assertThrows(SQLException.class, () -> statement.execute("no SQL")); // nor what follows
      }
      assertThrows(PersistenceException.class, steps::retireDay);
    } finally {
      transaction.rollback();
    }
    assertNotEquals(0, timeout);
    assertEquals(timeout, timeoutOf(backend));
  }

  /** Takes connections until it has the one of this backend. */
  private int timeoutOf(int backend) throws SQLException {
    List<Connection> taken = new ArrayList<>();
    try {
      while (true) {
        Connection connection = dataSource.getConnection();
        taken.add(connection);
        if (backend(connection) == backend) {
          return connection.getNetworkTimeout();
        }
      }
    } finally {
      for (Connection connection : taken) {
        connection.close();
      }
    }
  }

  private static int backend(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }
}
