package dev.tidemark.testing.database;

import dev.tidemark.tools.run.DevelopmentDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A test's access to a gateway's database, as the superuser and behind the gateway's back. */
public final class TestDatabase {
  private final DevelopmentDatabase cluster;
  private final String name;

  public TestDatabase(DevelopmentDatabase cluster, String name) {
    this.cluster = cluster;
    this.name = name;
  }

  public String name() {
    return name;
  }

  /** A connection of the superuser's, which the caller closes. */
  public Connection connect() throws SQLException {
    return cluster.superuser(name).connect();
  }

  /** Runs one or more statements without parameters. */
  public void execute(String sql) {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The first column of the first row, or {@code null}. */
  public <T> T value(Class<T> type, String sql, Object... parameters) {
    List<List<Object>> rows = rows(sql, parameters);
    return rows.isEmpty() ? null : type.cast(rows.get(0).get(0));
  }

  public List<List<Object>> rows(String sql, Object... parameters) {
    try (Connection connection = connect();
        PreparedStatement select = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        select.setObject(i + 1, parameters[i]);
      }
      try (ResultSet result = select.executeQuery()) {
        List<List<Object>> rows = new ArrayList<>();
        while (result.next()) {
          List<Object> row = new ArrayList<>();
          for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
            row.add(result.getObject(column));
          }
          rows.add(row);
        }
        return rows;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** An event as the log has it. */
  public record Logged(long cursor, String eventId, String type, String payload) {}

  /** The whole log of a session, in order. */
  public List<Logged> log(String sessionId) {
    return rows(
            """
            select e.cursor, e.event_id::text, e.type, e.payload::text from tidemark.event e join tidemark.session s using (session_key)
            where s.session_id = ? order by e.cursor\
            """,
            sessionId)
        .stream()
        .map(
            row ->
                new Logged(
                    (Long) row.get(0),
                    (String) row.get(1),
                    (String) row.get(2),
                    (String) row.get(3)))
        .toList();
  }

  /** The number of rows, in all tables, that hold this text in any column, also as bytes. */
  public long mentions(String text) {
    return rows(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname !~"
                + " '^pg_|^information_schema$'")
        .stream()
        .mapToLong(
            table ->
                value(
                    Long.class,
                    "select count(*) from %s r where strpos(r::text, ?) > 0 or strpos(r::text, encode(convert_to(?, 'UTF8'), 'hex')) > 0"
                        .formatted(table.get(0)),
                    text,
                    text))
        .sum();
  }

  public long sessionKey(String sessionId) {
    return value(
        Long.class, "select session_key from tidemark.session where session_id = ?", sessionId);
  }

  /** Raises the floor of a session, as a DBA would. */
  public void raiseFloor(String sessionId, long toCursor) {
    rows("select tidemark.raise_floor(?, ?, 'default', 'a test')", sessionId, toCursor);
  }

  /** The violations of the invariants: empty when all is well. */
  public List<List<Object>> invariantViolations() {
    return rows("select invariant, session_id, cursor, detail from audit.invariant_violations");
  }
}
