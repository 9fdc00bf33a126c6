package dev.tidemark.tools.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code mvn -Prun} without Maven around it, with ports and directories of its own. */
final class RunIT {

  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private final Path directory = Directories.forTest("launcher");
  private final int httpPort = Ports.free();
  private final int databasePort = Ports.free();
  private final int debugPort = Ports.free();
  private Process launcher;

  @BeforeEach
  void clean() throws IOException {
    Directories.delete(directory);
    Files.createDirectories(directory);
  }

  @AfterEach
  void end() throws InterruptedException {
    if (launcher != null) {
      launcher.destroy();
      launcher.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void aTakenPortGetsOneLineThatNamesItAndTheProperty() throws Exception {
    try (ServerSocket taken = new ServerSocket(httpPort, 1, InetAddress.getLoopbackAddress())) {
      assertTrue(taken.isBound());
      launch();
      assertTrue(launcher.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS));
    }
    assertEquals(1, launcher.exitValue());
    assertEquals(
        "Port " + httpPort + " is taken; choose another with -Dhttp.port=<port>.", said().strip());
  }

  @Test
  void aSecondStartFindsTheDataOfAFirstThatWasKilledAndStopsWhenTold() throws Exception {
    launchReady();
    assertFalse(Ports.isFree(debugPort), "a debugger can attach");
    run("create table yesterday as select 42 as answer");
    List<ProcessHandle> family = new ArrayList<>(launcher.descendants().toList());
    launcher.destroyForcibly().waitFor();
    // PostgreSQL is not among the children and goes on; WildFly's port is needed again.
    for (ProcessHandle child : family) {
      child.destroyForcibly();
      child.onExit().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    launchReady();
    assertEquals(42, run("select answer from yesterday"));
    launcher.destroy();
    assertTrue(launcher.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS));
    assertTrue(Ports.isFree(httpPort), "WildFly has stopped");
    assertTrue(Ports.isFree(databasePort), "PostgreSQL has stopped");
  }

  private void launchReady() throws IOException {
    launch();
    Awaitility.await()
        .atMost(DEADLINE)
        .failFast(() -> !launcher.isAlive())
        .until(
            () ->
                said().contains("Tidemark is ready:  http://127.0.0.1:" + httpPort + "/tidemark/"));
  }

  private void launch() throws IOException {
    launcher =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dtidemark.server=" + Directories.server(),
                "-Dtidemark.war=" + Directories.war(),
                "-Dhttp.port=" + httpPort,
                "-Dmanagement.port=" + Ports.free(),
                "-Ddb.port=" + databasePort,
                "-Ddata.directory=" + directory.resolve("data"),
                "-Dserver.directory=" + directory.resolve("server"),
                "-Dserver.debug=" + debugPort,
                Run.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output().toFile())
            .start();
  }

  private Path output() {
    return directory.resolve("output.txt");
  }

  private String said() throws IOException {
    return Files.readString(output());
  }

  /** Returns the first column of the first row, or -1 if the statement returns none. */
  private int run(String sql) throws SQLException {
    DatabaseLogin login =
        new DatabaseLogin(
            "jdbc:postgresql://127.0.0.1:" + databasePort + "/tidemark",
            "postgres",
            DevelopmentPasswords.in(directory.resolve("data")).superuser());
    try (Connection connection = login.connect();
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return -1;
      }
      ResultSet row = statement.getResultSet();
      row.next();
      return row.getInt(1);
    }
  }
}
