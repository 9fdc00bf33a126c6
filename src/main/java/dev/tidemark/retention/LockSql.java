package dev.tidemark.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/** Asks who holds the advisory locks by which one node at a time purges and cleans up. */
final class LockSql {
  /** A node's next step is another transaction, perhaps of the same process. */
  private static final String HOLDERS =
      """
      select distinct format('process %s (transaction %s)', pid, virtualtransaction)
        from pg_locks
       where locktype = 'advisory' and classid = 29801 and objsubid = 2 and granted
         and database = (select oid from pg_database where datname = current_database())
         and objid::bigint = any(?)""";

  private LockSql() {}

  /**
   * @param objects numbers of the locks below 29801
   */
  static Set<String> holders(Connection connection, Long... objects) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(HOLDERS)) {
      query.setArray(1, connection.createArrayOf("bigint", objects));
      try (ResultSet row = query.executeQuery()) {
        Set<String> holders = new HashSet<>();
        while (row.next()) {
          holders.add(row.getString(1));
        }
        return holders;
      }
    }
  }
}
