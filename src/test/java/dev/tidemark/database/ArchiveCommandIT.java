package dev.tidemark.database;

import static dev.tidemark.database.AgedLog.day;
import static dev.tidemark.database.AgedLog.partition;
import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.database.DatabaseCommands.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code db/archive/} as a DBA calls them. */
class ArchiveCommandIT {
  @TempDir Path directory;
  @TempDir Path programs;
  private AgedLog aged;
  private Connection superuser;

  @BeforeAll
  static void theProgramsAreHere() {
    DatabaseCommands.orSkip();
  }

  @BeforeEach
  void twoDaysThatWait() {
    aged = new AgedLog();
    superuser = aged.superuser;
    aged.session("s-1", 4, 3, 0);
    aged.session("s-2", 4);
    aged.retireAll();
    aged.leave();
    aged.leave();
  }

  @Test
  void whatWaitsIsArchivedAndReadBackAsItWas() throws Exception {
    String events =
        """
        select row_to_json(e)::text
          from (select * from tidemark.%s union all select * from tidemark.%s) e order by e.history_position
        """
            .formatted(partition(4), partition(3));
    List<Object> before = column(superuser, events);
    succeeds(call("archive.sh", directory.toString()));
    assertEquals(List.of(), aged.waiting());
    assertEquals(List.of(3L), aged.cursorsIn("event_all"));
    assertEquals(
        List.of(
            partition(4) + ".copy.gz",
            partition(4) + ".manifest.json",
            partition(3) + ".copy.gz",
            partition(3) + ".manifest.json"),
        files());

    succeeds(call("restore.sh", file(3), file(4)));
    assertEquals(before, column(superuser, events));
    aged.nothingIsViolated();
    assertEquals("No day waits.", call("archive.sh", directory.toString()).said().strip());
  }

  @Test
  void onlyTheDayThatIsNamedIsArchived() throws Exception {
    succeeds(call("archive.sh", directory.toString(), day(3)));

    assertEquals(List.of(partition(4)), aged.waiting());
  }

  @Test
  void aFileThatWasChangedIsRefused() throws Exception {
    succeeds(call("archive.sh", directory.toString()));
    byte[] bytes = Files.readAllBytes(Path.of(file(4)));
    bytes[bytes.length / 2] ^= 1;
    Files.write(Path.of(file(4)), bytes);

    Ended refused = call("restore.sh", file(4));
    assertNotEquals(0, refused.status());
    assertTrue(refused.said().contains("its SHA-256 is not the one in"), refused.said());
    assertEquals(List.of(3L), aged.cursorsIn("event_all"));
  }

  @Test
  void aFileWhoseManifestWasChangedWithItIsRefusedForItsRecord() throws Exception {
    succeeds(call("archive.sh", directory.toString()));
    Path manifest = directory.resolve(partition(4) + ".manifest.json");
    Path forged = directory.resolve(partition(3) + ".manifest.json");
    Files.copy(Path.of(file(3)), Path.of(file(4)), StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(
        manifest,
        Files.readString(forged).replace(partition(3), partition(4)).replace(day(3), day(4)));

    Ended refused = call("restore.sh", file(4));
    assertNotEquals(0, refused.status());
    assertTrue(refused.said().contains("had the SHA-256"), refused.said());
    assertEquals(List.of(3L), aged.cursorsIn("event_all"));
    assertEquals(null, one(superuser, "select to_regclass('tidemark.' || ?)::text", partition(4)));
  }

  @Test
  void aCommandThatDiesWhileItWritesLeavesNoFileAndCanBeCalledAgain() throws Exception {
    program("gzip", "head -c 10; exit 1");

    assertNotEquals(0, call("archive.sh", directory.toString()).status());
    assertEquals(List.of(), files());
    assertEquals(List.of(partition(4), partition(3)), aged.waiting());
    aged.nothingIsViolated();

    Files.delete(programs.resolve("gzip"));
    succeeds(call("archive.sh", directory.toString()));
    assertEquals(List.of(), aged.waiting());
  }

  @Test
  void aFileThatDoesNotHoldWhatWasWrittenDropsNothing() throws Exception {
    // A disk that returns other bytes than were written, once the file has its name.
    program("sync", "case $1 in *.partial) ;; *) printf x >> \"$(ls $1/*.gz)\" ;; esac");

    Ended refused = call("archive.sh", directory.toString());
    assertNotEquals(0, refused.status());
    assertTrue(refused.said().contains("its SHA-256 is not the one in"), refused.said());
    assertEquals(List.of(partition(4), partition(3)), aged.waiting());
  }

  @Test
  void aCommandThatDiesBeforeTheRecordIsCalledAgain() throws Exception {
    try (Connection reader = aged.database.as("postgres")) {
      reader.setAutoCommit(false);
      run(reader, "select from tidemark." + partition(4));
      assertNotEquals(0, call("archive.sh", directory.toString()).status());
      reader.commit();
    }
    assertEquals(List.of(partition(4) + ".copy.gz", partition(4) + ".manifest.json"), files());
    assertEquals(List.of(partition(4), partition(3)), aged.waiting());

    succeeds(call("archive.sh", directory.toString()));
    assertEquals(List.of(), aged.waiting());
    aged.nothingIsViolated();
  }

  @Test
  void theArchiveOfAnotherDatabaseIsNotOverwritten() throws Exception {
    succeeds(call("archive.sh", directory.toString()));
    byte[] before = Files.readAllBytes(Path.of(file(4)));
    twoDaysThatWait();

    Ended refused = call("archive.sh", directory.toString());
    assertNotEquals(0, refused.status());
    assertTrue(refused.said().contains("is it another database's?"), refused.said());
    assertEquals(Arrays.hashCode(before), Arrays.hashCode(Files.readAllBytes(Path.of(file(4)))));
  }

  @Test
  void aDayThatIsHeldIsSaidToBeAndStays() throws Exception {
    aged.hold("s-2");
    Ended ended = call("archive.sh", directory.toString());

    succeeds(ended);
    assertTrue(ended.said().contains(day(4) + ": kept by the holds 1;"), ended.said());
    assertEquals(List.of(partition(4)), aged.waiting());
  }

  private String file(int daysAgo) {
    return directory.resolve(partition(daysAgo) + ".copy.gz").toString();
  }

  private List<String> files() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Puts a script in the place of the real program. */
  private void program(String name, String script) throws Exception {
    Path program = Files.writeString(programs.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void succeeds(Ended ended) {
    assertEquals(0, ended.status(), ended.said());
  }

  private Ended call(String command, String... arguments) throws Exception {
    return new DatabaseCommands(aged.database, programs).call("archive/" + command, arguments);
  }
}
