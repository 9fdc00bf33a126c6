package dev.tidemark.tools.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;

/**
 * Applies the folder {@code db/} as a DBA would: the roles, then the migrations, and last the
 * functions and the audit views, which are repeatable.
 */
public final class DatabaseSchema {

  private final Path folder;

  /** The schema of a folder like {@code db/}. */
  public DatabaseSchema(Path folder) {
    this.folder = folder;
  }

  /**
   * Brings a database up to date; does nothing if it is.
   *
   * @throws StartupException with the statement that the database refused
   */
  public void apply(DatabaseLogin superuser) {
    try (Connection connection = superuser.connect();
        Statement statement = connection.createStatement()) {
      for (Path file : scripts(folder.resolve("roles"))) {
        statement.execute(Files.readString(file));
      }
    } catch (SQLException | IOException e) {
      throw new StartupException("db/roles cannot be applied: " + e.getMessage(), e);
    }
    try {
      Flyway.configure()
          .dataSource(superuser.url(), superuser.user(), superuser.password())
          .locations(
              Stream.of("migrations", "functions", "audit")
                  .map(folder::resolve)
                  .filter(Files::isDirectory)
                  .map(directory -> "filesystem:" + directory)
                  .toArray(String[]::new))
          // A repeatable file may be renamed or removed: its objects are kept by other files.
          .ignoreMigrationPatterns("*:future", "repeatable:missing")
          .defaultSchema("public")
          .createSchemas(false)
          .placeholderReplacement(false)
          .load()
          .migrate();
    } catch (FlywayValidateException e) {
      throw new StartupException(
          "The database was made with other migrations than db/ has now. Where its data is not needed,"
              + " remove the directory (.data, or -Ddata.directory) and start again.",
          e);
    } catch (FlywayException e) {
      throw new StartupException("db/ cannot be applied: " + e.getMessage(), e);
    }
  }

  private static List<Path> scripts(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
    }
  }
}
