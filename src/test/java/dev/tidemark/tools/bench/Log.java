package dev.tidemark.tools.bench;

import dev.tidemark.tools.run.DatabaseLogin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

/** The gateway's database, as its superuser and behind the gateway's back. */
final class Log {
  private final DatabaseLogin superuser;
  private int made;

  Log(DatabaseLogin superuser) {
    this.superuser = superuser;
  }

  /** Sessions with consecutive names and keys. */
  record Sessions(String prefix, int first, long firstKey, int count) {
    /** One of these sessions, by its index. */
    Sessions only(int index) {
      return new Sessions(prefix, index, firstKey + index, 1);
    }

    List<String> ids() {
      return IntStream.range(first, first + count).mapToObj(i -> prefix + i).toList();
    }
  }

  Connection connect() throws SQLException {
    return superuser.connect();
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  long number(String sql) throws SQLException {
    try (Connection connection = connect();
        var statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** The version of PostgreSQL, with its settings of durability. */
  String version() throws SQLException {
    try (Connection connection = connect();
        var statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select format('PostgreSQL %s, fsync %s, synchronous_commit %s', current_setting('server_version'),
                  current_setting('fsync'), current_setting('synchronous_commit'))""")) {
      row.next();
      return row.getString(1);
    }
  }

  /** Makes new sessions of alice's with the bench agent. */
  Sessions newSessions(int count) throws SQLException {
    String prefix = "bench-" + ++made + "-";
    try (Connection connection = connect();
        PreparedStatement insert =
            connection.prepareStatement(
                """
                with made as (
                  insert into tidemark.session (session_id, tenant, agent_id, owner)
                  select ? || i, 'default', 'bench', 'alice' from generate_series(0, ? - 1) as i order by i
                  returning session_key, created_at),
                heads as (insert into tidemark.session_head (session_key, floor_at) select session_key, created_at from made),
                states as (insert into tidemark.session_state (session_key) select session_key from made)
                select min(session_key), max(session_key) - min(session_key) + 1 from made""")) {
      insert.setString(1, prefix);
      insert.setInt(2, count);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        if (row.getLong(2) != count) {
          throw new IllegalStateException("Somebody else made sessions in between.");
        }
        return new Sessions(prefix, 0, row.getLong(1), count);
      }
    }
  }
}
