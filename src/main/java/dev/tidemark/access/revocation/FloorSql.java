package dev.tidemark.access.revocation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;

/** Raises the floor of a session above all its events. */
final class FloorSql {
  /** The administrative action's record and the raise, or neither, in one statement. */
  private static final String RAISE =
      """
      with found as (
        select s.session_id, s.tenant, h.head_cursor + 1 as above_head
          from tidemark.session s join tidemark.session_head h using (session_key)
         where s.tenant = ? and s.session_id = ?
      ), acted as (
        insert into tidemark.admin_record (node, principal, tenant, remote_address, user_agent, operation, target, why)
        select ?, ?, ?, ?, ?, ?, ?, ? from found
        returning why
      )
      select tidemark.raise_floor(found.session_id, found.above_head, found.tenant, acted.why) from found, acted""";

  private FloorSql() {}

  /**
   * @return the current floor; empty if there is no such session
   */
  static OptionalLong raise(Connection connection, String node, String tenant, AdminAction action)
      throws SQLException {
    try (PreparedStatement raise = connection.prepareStatement(RAISE)) {
      raise.setString(1, tenant);
      raise.setString(2, action.target());
      var unused = AdminActionSql.set(raise, 2, node, action);
      try (ResultSet row = raise.executeQuery()) {
        return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
      }
    }
  }
}
