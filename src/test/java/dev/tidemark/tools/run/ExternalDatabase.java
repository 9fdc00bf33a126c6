package dev.tidemark.tools.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A PostgreSQL that somebody else runs. It is checked, never changed: its schema is its
 * administrator's.
 */
final class ExternalDatabase {

  private static final Pattern MIGRATION = Pattern.compile("V(\\d+)__.*\\.sql");
  private static final int CONNECT_SECONDS = 5;

  private final DatabaseLogin login;

  ExternalDatabase(DatabaseLogin login) {
    this.login = login;
  }

  /**
   * Checks that the database responds and has the schema that this source tree is built for.
   *
   * @throws StartupException with the fault and its remedy
   */
  void check() {
    if (!login.url().startsWith("jdbc:postgresql:")) {
      throw new StartupException(
          "-Ddb.url=" + login.url() + " is not like jdbc:postgresql://127.0.0.1:5432/tidemark.");
    }
    int wanted = newestMigration(Path.of("db", "migrations"));
    DriverManager.setLoginTimeout(CONNECT_SECONDS);
    try (Connection connection = login.connect();
        Statement statement = connection.createStatement()) {
      int found = version(statement);
      if (found != wanted) {
        throw new StartupException(
            "The database "
                + login.url()
                + (found == 0
                    ? " has no schema that " + login.user() + " can read"
                    : " has schema version " + found)
                + "; version "
                + wanted
                + " is needed. docs/operations.md tells how to apply it.");
      }
    } catch (SQLException e) {
      throw new StartupException(
          "The database of -Ddb.url cannot be used as "
              + login
              + (login.password().isEmpty() ? ", without -Ddb.password: " : ": ")
              + e.getMessage().lines().findFirst().orElse(""),
          e);
    }
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet there =
        statement.executeQuery("select to_regclass('tidemark.schema_version') is not null")) {
      there.next();
      if (!there.getBoolean(1)) {
        return 0;
      }
    } catch (SQLException e) {
      return 0; // the schema is there, but not for this role
    }
    try (ResultSet newest =
        statement.executeQuery("select max(version) from tidemark.schema_version")) {
      newest.next();
      return newest.getInt(1);
    }
  }

  private static int newestMigration(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> MIGRATION.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
