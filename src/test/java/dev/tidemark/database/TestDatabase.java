package dev.tidemark.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;

/**
 * A database of its own with the whole schema, on the one PostgreSQL of this JVM. Each is a copy of
 * one that Flyway made once, so that a test class may break what it likes.
 */
record TestDatabase(String name) {
  private static final EmbeddedPostgres SERVER = start();
  private static final AtomicInteger COPIES = new AtomicInteger();

  static TestDatabase fresh() {
    var copy = new TestDatabase("tidemark_" + COPIES.incrementAndGet());
    run(
        new TestDatabase("postgres").as("postgres"),
        "create database " + copy.name + " template tidemark");
    return copy;
  }

  /** A new connection, in autocommit, that the caller closes or leaves to the end of the server. */
  Connection as(String role) {
    try {
      return DriverManager.getConnection(SERVER.getJdbcUrl(role, name));
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  static int run(Connection connection, String sql, Object... parameters) {
    try (PreparedStatement statement = prepare(connection, sql, parameters)) {
      return statement.execute() ? 0 : statement.getUpdateCount();
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  /** The rows as lists of column values. */
  static List<List<Object>> rows(Connection connection, String sql, Object... parameters) {
    try (PreparedStatement statement = prepare(connection, sql, parameters);
        ResultSet result = statement.executeQuery()) {
      var rows = new ArrayList<List<Object>>();
      while (result.next()) {
        var row = new ArrayList<>();
        for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
          row.add(result.getObject(column));
        }
        rows.add(row);
      }
      return rows;
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  /** The first column of each row. */
  static List<Object> column(Connection connection, String sql, Object... parameters) {
    var values = new ArrayList<>();
    rows(connection, sql, parameters).forEach(row -> values.add(row.get(0)));
    return values;
  }

  /** The only column of the only row. */
  static Object one(Connection connection, String sql, Object... parameters) {
    List<Object> values = column(connection, sql, parameters);
    if (values.size() != 1) {
      throw new IllegalStateException("expected one row, found " + values);
    }
    return values.get(0);
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres server =
          EmbeddedPostgres.builder()
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .start();
      Connection postgres = DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
      run(postgres, "create database tidemark");
      try (Connection superuser =
          DriverManager.getConnection(server.getJdbcUrl("postgres", "tidemark"))) {
        run(superuser, Files.readString(Path.of("db/roles/roles.sql")));
      }
      Flyway.configure()
          .dataSource(server.getJdbcUrl("postgres", "tidemark"), "postgres", "")
          .locations("filesystem:db/migrations", "filesystem:db/audit")
          .defaultSchema("public")
          .table("tidemark_schema_history")
          .load()
          .migrate();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  /** An SQL error whose state a test looks at. */
  static final class SqlFailure extends RuntimeException {
    SqlFailure(SQLException cause) {
      super(cause.getMessage(), cause);
    }

    String state() {
      return ((SQLException) getCause()).getSQLState();
    }
  }
}
