package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.database.InstalledPostgres;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A point-in-time restore as a DBA does it: base backup, archive, a target, and the restored server
 * in place of the old one. The gateway runs all the while and is told nothing.
 */
final class RestoreIT {
  private static final Path ARCHIVE = Directories.forTest("restore-archive");

  private static InstalledPostgres postgres;
  private static DevelopmentDatabase server;
  private static Gateway gateway;
  private static int backUps;

  @BeforeAll
  static void start() throws IOException {
    postgres = InstalledPostgres.orSkip();
    Directories.delete(ARCHIVE);
    Files.createDirectories(ARCHIVE);
    server = postgres.startFresh("restore-database");
    server.createDatabase("tidemark");
    TestDatabase database = new TestDatabase(server, "tidemark");
    database.execute("alter system set archive_mode = on");
    database.execute(
        "alter system set archive_command = 'test ! -f \"%1$s/%%f\" && cp \"%%p\" \"%1$s/%%f\"'"
            .formatted(ARCHIVE));
    server.stop();
    server.start();
    gateway = Gateway.startOn(server, "restore", UnaryOperator.identity());
  }

  @AfterAll
  static void stop() {
    if (gateway != null) {
      gateway.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void aRestoreToANamedPointBeginsAnEpochAndEveryClientIsToldOnce() {
    try (ForkedSession session = new ForkedSession(gateway)) {
      DevelopmentDatabase backUp = backUp();
      session.keep(); // comes from the archive
      gateway.database().rows("select pg_create_restore_point('before the mistake')");
      session.lose();

      restore(backUp, "recovery_target_name", "before the mistake");

      session.requireOneResync(gateway.database());
    }
    assertEquals(List.of(), gateway.database().invariantViolations());
  }

  @Test
  void aRestoreToATimeBeginsAnEpochAndEveryClientIsToldOnce() {
    try (ForkedSession session = new ForkedSession(gateway)) {
      DevelopmentDatabase backUp = backUp();
      session.keep();
      String moment = gateway.database().value(String.class, "select clock_timestamp()::text");
      session.lose();

      restore(backUp, "recovery_target_time", moment);

      session.requireOneResync(gateway.database());
    }
    assertEquals(List.of(), gateway.database().invariantViolations());
  }

  private static DevelopmentDatabase backUp() {
    return postgres.backUp(server, "restore-database-" + ++backUps, server.port());
  }

  private static void restore(DevelopmentDatabase backUp, String target, String value) {
    long epochs = epochs();
    archiveWhatIsWritten();
    server.stop();
    Readiness.awaitRefusal(gateway.server(), "The database does not answer");
    server.close();
    server = backUp;
    postgres.startRestored(backUp, ARCHIVE, target, value);
    Readiness.awaitUp(gateway.server());
    gateway.database().execute("alter system reset " + target); // the next restore has its own
    assertEquals(epochs + 1, epochs());
  }

  private static void archiveWhatIsWritten() {
    String file = gateway.database().value(String.class, "select pg_walfile_name(pg_switch_wal())");
    Awaitility.await(file + " in the archive")
        .atMost(Duration.ofSeconds(60))
        .until(() -> Files.exists(ARCHIVE.resolve(file)));
  }

  private static long epochs() {
    return gateway.database().value(Long.class, "select count(*) from tidemark.epoch");
  }
}
