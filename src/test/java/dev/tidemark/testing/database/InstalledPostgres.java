package dev.tidemark.testing.database;

import dev.tidemark.tools.run.Command;
import dev.tidemark.tools.run.DatabaseLogin;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.DevelopmentPasswords;
import dev.tidemark.tools.run.PostgresPrograms;
import dev.tidemark.tools.run.StartupException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The newest PostgreSQL among this machine's packages, of at least the oldest version that Tidemark
 * works with. It has {@code pg_basebackup} and {@code psql}, which the one from Maven Central
 * lacks.
 */
public final class InstalledPostgres {
  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final int OLDEST = 15;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path bin;
  private final PostgresPrograms programs;

  private InstalledPostgres(Path bin) {
    this.bin = bin;
    this.programs = PostgresPrograms.in(bin);
  }

  /**
   * Finds it. Where there is none, the tests are skipped with the reason, or fail with {@code
   * -Dpostgresql.required=true}.
   */
  public static InstalledPostgres orSkip() {
    Optional<Path> bin = newest();
    if (bin.isPresent()) {
      return new InstalledPostgres(bin.get());
    }
    String reason =
        "no PostgreSQL with pg_basebackup, %d or newer, in %s: install the package postgresql"
            .formatted(OLDEST, VERSIONS);
    if (Boolean.getBoolean("postgresql.required")) {
      throw new AssertionError(reason);
    }
    System.err.println(
        "Skipped: " + reason); // the report has no line for a class skipped this early
    return Assumptions.abort(reason);
  }

  /** Starts an empty server for one test, at a free port. */
  public DevelopmentDatabase startFresh(String name) {
    return DevelopmentDatabase.startFresh(name, programs);
  }

  /** Makes a base backup of a running server for a given port, without starting it. */
  public DevelopmentDatabase backUp(DevelopmentDatabase running, String name, int port) {
    return copy(running, name, port, List.of());
  }

  /** Starts a server that follows a running one. */
  public DevelopmentDatabase startStandby(DevelopmentDatabase running, String name, int port) {
    return copy(running, name, port, List.of("--write-recovery-conf")).start();
  }

  /**
   * Starts a server from a base backup and the archive, up to a target; there it promotes itself.
   *
   * @param target parameter such as {@code recovery_target_name}
   */
  public void startRestored(DevelopmentDatabase backup, Path archive, String target, String value) {
    backup.recover(
        Map.of(
            "restore_command",
            "cp \"" + archive + "/%f\" \"%p\"",
            target,
            value,
            "recovery_target_action",
            "promote"));
    backup.start();
  }

  /**
   * Applies a folder like {@code db/} with its {@code install.sh}, as the documents tell a DBA to.
   *
   * @throws StartupException with the output of psql
   */
  public void install(Path folder, DatabaseLogin superuser) {
    var unused = installation(folder, superuser);
  }

  /** As {@link #install}; returns what it said. */
  public String installation(Path folder, DatabaseLogin superuser) {
    return run(superuser, List.of(folder.resolve("install.sh").toString()));
  }

  /**
   * Runs a script with psql.
   *
   * @return what psql said
   * @throws StartupException with it, if the script fails
   */
  public String psql(DatabaseLogin login, Path script) {
    return run(login, List.of(bin.resolve("psql").toString(), "-X", "-f", script.toString()));
  }

  /** The schemas of Tidemark as {@code pg_dump} shows them. */
  public String dumpSchema(DatabaseLogin superuser) {
    return run(
            superuser,
            List.of(
                bin.resolve("pg_dump").toString(),
                "--schema-only",
                "--schema=tidemark",
                "--schema=audit"))
        .replaceAll("(?m)^\\\\(un)?restrict .*$", ""); // a random word against injection
  }

  private String run(DatabaseLogin login, List<String> command) {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of("-U", login.user(), "-d", login.url().replaceFirst("^jdbc:", "")));
    Map<String, String> environment =
        Map.of(
            "PGPASSWORD",
            login.password(),
            "PATH",
            bin + File.pathSeparator + System.getenv("PATH"));
    return new Command(Path.of("").toAbsolutePath(), environment, PATIENCE).run(whole);
  }

  private DevelopmentDatabase copy(
      DevelopmentDatabase running, String name, int port, List<String> options) {
    Path directory = DevelopmentDatabase.emptied(name, programs);
    DatabaseLogin superuser = running.superuser("postgres");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--pgdata=" + directory.resolve("cluster"),
                "--dbname=host=127.0.0.1 port=%d user=%s password=%s"
                    .formatted(running.port(), superuser.user(), superuser.password()),
                "--checkpoint=fast"));
    arguments.addAll(options);
    try {
      Files.createDirectories(directory);
      Files.copy(
          running.directory().resolve(DevelopmentPasswords.FILE),
          directory.resolve(DevelopmentPasswords.FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    programs.run("pg_basebackup", arguments.toArray(String[]::new));
    return DevelopmentDatabase.in(directory, port, programs);
  }

  private static Optional<Path> newest() {
    if (!Files.isDirectory(VERSIONS)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(VERSIONS)) {
      return versions
          .filter(version -> version.getFileName().toString().matches("\\d+"))
          .filter(version -> number(version) >= OLDEST)
          .filter(version -> Files.isExecutable(version.resolve("bin/pg_basebackup")))
          .max(Comparator.comparingInt(InstalledPostgres::number))
          .map(version -> version.resolve("bin"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int number(Path version) {
    return Integer.parseInt(version.getFileName().toString());
  }
}
