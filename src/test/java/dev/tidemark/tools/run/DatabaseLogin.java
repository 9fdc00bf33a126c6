package dev.tidemark.tools.run;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * A login to a database.
 *
 * @param url JDBC address
 * @param user role that logs in
 * @param password password of the role; not shown by {@link #toString()}
 */
public record DatabaseLogin(String url, String user, String password) {

  /**
   * Opens a connection, which the caller closes.
   *
   * @throws SQLException if the database does not respond, or refuses
   */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  @Override
  public String toString() {
    return user + " at " + url;
  }
}
