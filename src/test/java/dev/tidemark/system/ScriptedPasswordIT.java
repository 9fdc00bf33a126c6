package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.system.StockServer.Outcome;
import dev.tidemark.testing.database.InstalledPostgres;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.tools.run.DatabaseLogin;
import dev.tidemark.tools.run.DevelopmentDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the page says to a DBA: a password where there is no terminal, and who may connect. */
final class ScriptedPasswordIT {
  private static final String PASSWORD = "s3cret 'Word'";

  private static DevelopmentDatabase database;
  private static TestDatabase superuser;

  @BeforeAll
  static void start() {
    database = InstalledPostgres.orSkip().startFresh("scripted-password");
    database.createDatabase("tidemark");
    superuser = new TestDatabase(database, "tidemark");
  }

  @AfterAll
  static void stop() {
    if (database != null) {
      database.close();
    }
  }

  @Test
  void thePasswordOfTheApplicationIsSetAndIsNotInTheLogOfTheDatabase() throws Exception {
    superuser.execute("alter system set log_statement = 'all'");
    superuser.execute("select pg_reload_conf()");
    DatabaseLogin login = database.superuser("tidemark");
    Outcome outcome =
        StockServer.run(
            List.of("bash", "-eu", "-o", "pipefail", "-c", OperationsPage.blockWith("setsid")),
            Map.of(
                "TIDEMARK_DB_PASSWORD",
                PASSWORD,
                "PGHOST",
                "127.0.0.1",
                "PGPORT",
                String.valueOf(database.port()),
                "PGUSER",
                login.user(),
                "PGPASSWORD",
                login.password()));
    assertEquals(0, outcome.code(), outcome.toString()); // the prompts are on stderr
    try (Connection connection =
        new DatabaseLogin(login.url(), "tidemark_app", PASSWORD).connect()) {
      assertEquals("tidemark_app", connection.getMetaData().getUserName());
    }
    String log = Files.readString(database.logFile());
    assertTrue(log.contains("SCRAM-SHA-256$"), "psql sends the verifier");
    assertFalse(log.contains("s3cret"));
  }

  /** The view reads the file anew. This server has no certificate. */
  @Test
  void theDatabaseUnderstandsThePagesLinesAboutConnections() throws Exception {
    String lines = OperationsPage.blockWith("hostssl");
    Path file = Path.of(superuser.value(String.class, "show hba_file"));
    Files.writeString(file, lines, StandardOpenOption.APPEND);
    String mistakes = "select count(*) from pg_hba_file_rules where error is not null and error ";
    assertEquals(
        0L, superuser.value(Long.class, mistakes + "not like 'hostssl record cannot match%'"));
    assertEquals(
        lines.lines().count(),
        superuser.value(Long.class, mistakes + "like 'hostssl record cannot match%'"));
    for (String line : OperationsPage.blockWith("max_connections").lines().toList()) {
      String setting = line.substring(0, line.indexOf(" ="));
      assertEquals(
          1L,
          superuser.value(
              Long.class, "select count(*) from pg_settings where name = '" + setting + "'"),
          setting);
    }
  }
}
