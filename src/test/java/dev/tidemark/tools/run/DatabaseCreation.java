package dev.tidemark.tools.run;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes a database of a server, with its schema and the passwords of its roles.
 *
 * @param superuser login of the superuser, by the name of the database
 */
record DatabaseCreation(Function<String, DatabaseLogin> superuser, DevelopmentPasswords passwords) {

  /**
   * Makes the database if it does not exist, and has its schema applied.
   *
   * @throws StartupException if the server refuses
   */
  void create(String name, Consumer<DatabaseLogin> schema) {
    try (Connection connection = superuser.apply("postgres").connect()) {
      if (!exists(connection, "select from pg_database where datname = ?", name)) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("create database " + statement.enquoteIdentifier(name, true));
        }
      }
    } catch (SQLException e) {
      throw new StartupException(
          "The database " + name + " cannot be created: " + e.getMessage(), e);
    }
    schema.accept(superuser.apply(name));
    try (Connection connection = superuser.apply(name).connect()) {
      setPassword(connection, "tidemark_app", passwords.app());
      setPassword(connection, "tidemark_auditor", passwords.auditor());
    } catch (SQLException e) {
      throw new StartupException("The passwords of the roles cannot be set: " + e.getMessage(), e);
    }
  }

  private static void setPassword(Connection connection, String role, String password)
      throws SQLException {
    if (!exists(connection, "select from pg_roles where rolname = ?", role)) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "alter role " + role + " login password " + statement.enquoteLiteral(password));
    }
  }

  private static boolean exists(Connection connection, String query, String name)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      return statement.executeQuery().next();
    }
  }
}
