package dev.tidemark.access.revocation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Inserts the record of an administrative action. */
final class AdminActionSql {
  private static final String INSERT =
      """
      insert into tidemark.admin_record (node, principal, tenant, remote_address, user_agent, operation, target, why)
      values (?, ?, ?, ?, ?, ?, ?, ?)""";

  private static final String WAIT_FOR_SECONDS = "set local lock_timeout = '5s'";

  private AdminActionSql() {}

  /** Lets no statement of this transaction wait longer for a lock that somebody else holds. */
  static void limitWaits(Connection connection) throws SQLException {
    try (PreparedStatement limit = connection.prepareStatement(WAIT_FOR_SECONDS)) {
      limit.execute();
    }
  }

  static void insert(Connection connection, String node, AdminAction action) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      var unused = set(insert, 0, node, action);
      insert.executeUpdate();
    }
  }

  /**
   * Sets the columns of an action, from node to why.
   *
   * @param i the index of the last parameter set before
   * @return the index of the last parameter set now
   */
  static int set(PreparedStatement insert, int i, String node, AdminAction action)
      throws SQLException {
    int last = i;
    insert.setString(++last, node);
    insert.setString(++last, action.actor().principal().orElse(null));
    insert.setString(++last, action.actor().tenant().orElse(null));
    insert.setString(++last, action.actor().remoteAddress().orElse(null));
    insert.setString(++last, action.actor().userAgent().orElse(null));
    insert.setString(++last, action.operation());
    insert.setString(++last, action.target());
    insert.setString(++last, action.why().orElse(null));
    return last;
  }
}
