package dev.tidemark.database;

import static dev.tidemark.database.AgedLog.day;
import static dev.tidemark.database.AgedLog.partition;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.database.DatabaseCommands.Ended;
import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.tools.run.DatabaseLogin;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names with everything that a shell or psql would take for more than a name. */
class HostileNamesIT {
  /** Would make a file, if a shell or psql ran any of it. */
  private static final String NAME = " -'\"`touch pl`$(touch pl)\\! ;:x\n\\! touch pl\n%I é";

  @TempDir Path directory;
  @TempDir Path programs;

  @BeforeAll
  static void theProgramsAreHere() {
    DatabaseCommands.orSkip();
  }

  @Test
  void aDatabaseAndARoleOfSuchANameAreInstalledArchivedAndVerified() throws Exception {
    SchemaDatabase hostile = new SchemaDatabase(NAME);
    var superuser = new SchemaDatabase("postgres").as("postgres");
    run(superuser, "create database " + quoted(NAME) + " template tidemark");
    run(superuser, "create role " + quoted(NAME) + " superuser login password 'none'");
    try {
      var commands = new DatabaseCommands(hostile, programs);
      DatabaseLogin dba = new DatabaseLogin("", NAME, "none");

      Ended installed = commands.callAs(dba, "install.sh", "-w");
      assertEquals(0, installed.status(), installed.said());
      assertTrue(installed.said().contains("up to date"), installed.said());
      Ended archived = commands.callAs(dba, "archive/archive.sh", directory.toString());
      assertEquals("No day waits.", archived.said().strip());
      Ended verified = commands.callAs(dba, "verify.sh", "-j", "1", "-s", "2020-01-01");
      assertEquals(0, verified.status(), verified.said());
    } finally {
      run(superuser, "drop database " + quoted(NAME));
      run(superuser, "drop role " + quoted(NAME));
    }
    assertFalse(Files.exists(Path.of("pl")));
    assertFalse(Files.exists(Path.of("db/pl")));
  }

  @Test
  void aFolderOfSuchANameHoldsAnArchive() throws Exception {
    AgedLog aged = new AgedLog();
    aged.session("s-1", 4);
    aged.retireAll();
    aged.leave();
    Path folder = Files.createDirectory(directory.resolve(NAME.replace('/', '|').strip()));
    var commands = new DatabaseCommands(aged.database, programs);

    Ended archived = commands.call("archive/archive.sh", folder.toString(), day(4));
    assertEquals(0, archived.status(), archived.said());
    String file = folder.resolve(partition(4) + ".copy.gz").toString();
    Ended restored = commands.call("archive/restore.sh", file);
    assertEquals(0, restored.status(), restored.said());
    assertFalse(Files.exists(Path.of("pl")));
  }

  @Test
  void whatIsNoDayIsRefusedAndADayThatDoesNotWaitIsNamed() throws Exception {
    AgedLog aged = new AgedLog();
    var commands = new DatabaseCommands(aged.database, programs);

    Ended refused = commands.call("archive/archive.sh", directory.toString(), "1' or '1'='1");
    assertNotEquals(0, refused.status());
    assertTrue(refused.said().contains("is not a day"), refused.said());
    Ended ended = commands.call("archive/archive.sh", directory.toString(), "2020-01-01");
    assertEquals(0, ended.status(), ended.said());
    assertTrue(ended.said().contains("2020-01-01 does not wait"), ended.said());
  }

  private static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
