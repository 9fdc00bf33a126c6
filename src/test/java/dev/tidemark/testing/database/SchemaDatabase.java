package dev.tidemark.testing.database;

import dev.tidemark.tools.run.DatabaseLogin;
import dev.tidemark.tools.run.DevelopmentDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A database for one test class with the whole schema, on the one PostgreSQL of this JVM. Each is a
 * copy of one that Flyway made once, so a test class may break anything in it.
 */
public record SchemaDatabase(String name) {
  private static final DevelopmentDatabase SERVER = start();
  private static final AtomicInteger COPIES = new AtomicInteger();

  public static SchemaDatabase fresh() {
    var copy = new SchemaDatabase("tidemark_" + COPIES.incrementAndGet());
    run(
        new SchemaDatabase("postgres").as("postgres"),
        "create database " + copy.name + " template tidemark");
    return copy;
  }

  /** Opens a connection in autocommit; the caller or the end of its class closes it. */
  public Connection as(String role) {
    try {
      return OpenDatabaseConnections.opened(login(role).connect());
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  /** The login of a role. */
  public DatabaseLogin login(String role) {
    return switch (role) {
      case "postgres" -> SERVER.superuser(name);
      case "tidemark_app" -> SERVER.app(name);
      case "tidemark_auditor" -> SERVER.auditor(name);
      default -> new DatabaseLogin(SERVER.jdbcUrl(name), role, "none");
    };
  }

  public static int run(Connection connection, String sql, Object... parameters) {
    try (PreparedStatement statement = prepare(connection, sql, parameters)) {
      return statement.execute() ? 0 : statement.getUpdateCount();
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  /** The rows as lists of column values. */
  public static List<List<Object>> rows(Connection connection, String sql, Object... parameters) {
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
  public static List<Object> column(Connection connection, String sql, Object... parameters) {
    var values = new ArrayList<>();
    rows(connection, sql, parameters).forEach(row -> values.add(row.get(0)));
    return values;
  }

  /** The only column of the only row. */
  public static Object one(Connection connection, String sql, Object... parameters) {
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

  private static DevelopmentDatabase start() {
    DevelopmentDatabase server = DevelopmentDatabase.startFresh("schema-database");
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    server.createDatabase("tidemark");
    return server;
  }

  /** An SQL error whose state a test looks at. */
  public static final class SqlFailure extends RuntimeException {
    public SqlFailure(SQLException cause) {
      super(cause.getMessage(), cause);
    }

    public String state() {
      return ((SQLException) getCause()).getSQLState();
    }
  }
}
