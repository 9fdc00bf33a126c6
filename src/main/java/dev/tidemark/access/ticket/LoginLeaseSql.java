package dev.tidemark.access.ticket;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** Renews, ends and asks for the rows of browsers' logins, by the database's clock. */
final class LoginLeaseSql {
  private static final String RENEW = "select tidemark.renew_logins(?, make_interval(secs => ?))";
  private static final String END = "select tidemark.end_login(?)";
  private static final String ENDED = "select tidemark.ended_logins(?, ?)";

  private LoginLeaseSql() {}

  static void renew(Connection connection, Set<UUID> logins, Duration life) throws SQLException {
    try (PreparedStatement renew = connection.prepareStatement(RENEW)) {
      renew.setArray(1, connection.createArrayOf("uuid", logins.toArray()));
      renew.setDouble(2, life.toMillis() / 1_000.0);
      renew.execute();
    }
  }

  static void end(Connection connection, UUID login) throws SQLException {
    try (PreparedStatement end = connection.prepareStatement(END)) {
      end.setObject(1, login);
      end.execute();
    }
  }

  /**
   * @param late whether those count that were not renewed in time
   */
  static Set<UUID> ended(Connection connection, Set<UUID> logins, boolean late)
      throws SQLException {
    try (PreparedStatement ended = connection.prepareStatement(ENDED)) {
      ended.setArray(1, connection.createArrayOf("uuid", logins.toArray()));
      ended.setBoolean(2, late);
      try (ResultSet rows = ended.executeQuery()) {
        Set<UUID> found = new HashSet<>();
        while (rows.next()) {
          found.add(rows.getObject(1, UUID.class));
        }
        return found;
      }
    }
  }
}
