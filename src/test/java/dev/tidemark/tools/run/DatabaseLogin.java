package dev.tidemark.tools.run;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * Who asks which database.
 *
 * @param url a JDBC address
 * @param user the role that logs in
 * @param password its password; not shown by {@link #toString()}
 */
public record DatabaseLogin(String url, String user, String password) {

  /**
   * Opens a connection, which the caller closes.
   *
   * @throws SQLException where the database does not answer, or refuses
   */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  @Override
  public String toString() {
    return user + " at " + url;
  }
}
