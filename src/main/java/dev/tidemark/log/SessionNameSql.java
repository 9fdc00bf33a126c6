package dev.tidemark.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads the name of a session, for messages to the operator, who knows no session by its key. */
final class SessionNameSql {
  private static final String NAME =
      "select session_id, tenant from tidemark.session where session_key = ?";

  private SessionNameSql() {}

  /** The session's name and tenant; its key if there is no such session. */
  static String read(Connection connection, long sessionKey) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(NAME)) {
      select.setLong(1, sessionKey);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? "session '%s' of tenant '%s'".formatted(row.getString(1), row.getString(2))
            : ofUnknown(sessionKey);
      }
    }
  }

  /** What is said of a session whose name is not to be had. */
  static String ofUnknown(long sessionKey) {
    return "the session with the key " + sessionKey;
  }
}
