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
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page's command for a database password where there is no terminal. */
final class ScriptedPasswordIT {
  private static final String PASSWORD = "s3cret 'Word'";

  @Test
  void thePasswordOfTheApplicationIsSetAndIsNotInTheLogOfTheDatabase() throws Exception {
    InstalledPostgres postgres = InstalledPostgres.orSkip();
    try (DevelopmentDatabase database = postgres.startFresh("scripted-password")) {
      database.createDatabase("tidemark");
      TestDatabase superuser = new TestDatabase(database, "tidemark");
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
  }
}
