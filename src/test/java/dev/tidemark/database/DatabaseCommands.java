package dev.tidemark.database;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.tools.run.DatabaseLogin;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The commands of {@code db/} as a DBA calls them on a database.
 *
 * @param programs directory with programs that take the place of the real ones
 */
record DatabaseCommands(SchemaDatabase database, Path programs) {
  private static final Path COMMANDS = Path.of(System.getProperty("basedir", ""), "db");

  record Ended(int status, String said) {}

  /** Skips the tests where a program is missing that the commands need. */
  static void orSkip() {
    for (String program : List.of("bash", "psql", "gzip", "sha256sum", "sync", "awk")) {
      assumeTrue(
          Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))),
          program + " is not on this machine");
    }
  }

  /** Calls a command of the folder as the superuser. */
  Ended call(String command, String... arguments) throws IOException, InterruptedException {
    return callAs(database.login("postgres"), command, arguments);
  }

  Ended callAs(DatabaseLogin login, String command, String... arguments)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("bash", COMMANDS.resolve(command).toString()));
    line.addAll(List.of(arguments));
    var process = new ProcessBuilder(line).redirectErrorStream(true);
    URI at = URI.create(new SchemaDatabase("postgres").login("postgres").url().substring(5));
    process
        .environment()
        .putAll(
            Map.of(
                "PGHOST", at.getHost(),
                "PGPORT", "" + at.getPort(),
                "PGDATABASE", database.name(),
                "PGUSER", login.user(),
                "PGPASSWORD", login.password(),
                "PATH", programs + File.pathSeparator + System.getenv("PATH")));
    Process started = process.start();
    String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(started.waitFor(), said);
  }
}
