package dev.tidemark.database;

import static dev.tidemark.database.AgedLog.partition;
import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.database.DatabaseCommands.Ended;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives from a stranger: whatever is in the file, it is data or it is refused. */
class HostileArchiveIT {
  @TempDir Path directory;
  @TempDir Path programs;
  private AgedLog aged;
  private DatabaseCommands commands;
  private String file;

  @BeforeAll
  static void theProgramsAreHere() {
    DatabaseCommands.orSkip();
  }

  /** The archive is of another database, so this one has no record of it. */
  @BeforeEach
  void anArchivedDayOfAnotherDatabase() throws Exception {
    AgedLog other = new AgedLog();
    other.session("s-1", 4);
    other.retireAll();
    other.leave();
    Ended archived =
        new DatabaseCommands(other.database, programs)
            .call("archive/archive.sh", directory.toString());
    assertEquals(0, archived.status(), archived.said());
    aged = new AgedLog();
    aged.session("s-1");
    commands = new DatabaseCommands(aged.database, programs);
    file = directory.resolve(partition(4) + ".copy.gz").toString();
  }

  @Test
  void anArchiveWithoutARecordIsRefusedUnlessTheDbaVouchesForIt() throws Exception {
    Ended refused = commands.call("archive/restore.sh", file);
    assertNotEquals(0, refused.status(), refused.said());
    assertTrue(refused.said().contains("has no record of an archive"), refused.said());
    assertTrue(refused.said().contains("--unrecorded"), refused.said());
    assertNothingIsThere();

    Ended restored = commands.call("archive/restore.sh", "--unrecorded", file);
    assertEquals(0, restored.status(), restored.said());
    assertEquals(List.of(1L), aged.cursorsIn("event_history"));
  }

  /** The end of the data of COPY, and then what psql would take for commands. */
  @ParameterizedTest
  @ValueSource(strings = {"\\.\n", "\\.\r\n"})
  void whatFollowsTheEndOfDataIsNoScript(String end) throws Exception {
    Path planted = programs.resolve("planted");
    String role = "mallory_" + aged.database.name();
    replaceContent(
        content().replace("\n", end.substring(2)) // COPY takes one way to end a line, not two
            + end
            + "commit;\n\\! touch '"
            + planted
            + "'\ncreate role "
            + role
            + " superuser login;\n");

    for (String[] call : new String[][] {{file}, {"--unrecorded", file}}) {
      Ended refused = commands.call("archive/restore.sh", call);
      assertNotEquals(0, refused.status(), refused.said());
      assertFalse(Files.exists(planted), refused.said());
      assertEquals(
          List.of(),
          column(aged.superuser, "select rolname from pg_roles where rolname = ?", role));
      assertNothingIsThere();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"; create role mallory superuser; --",
        "event_20200101 (cursor) from program 'touch planted' --",
        "`touch planted`",
        "event_default",
        ":\"PORT\"",
        "x\\ny"
      })
  void theManifestNamesNothingButADay(String name) throws Exception {
    Path manifest = manifest();
    Files.writeString(
        manifest,
        Files.readString(manifest)
            .replace("\"" + partition(4) + "\"", "\"" + name.replace("\"", "\\\"") + "\""));

    Ended refused = commands.call("archive/restore.sh", "--unrecorded", file);

    assertNotEquals(0, refused.status(), refused.said());
    assertTrue(refused.said().contains("is not the manifest of an archived day"), refused.said());
    assertNothingIsThere();
  }

  /** A superuser's command does as the owner what the owner may do: its login is recorded. */
  @Test
  void theCommandsWorkAsTheOwner() throws Exception {
    run(
        aged.superuser,
        """
        create table public.commands (role text);
        create function public.note_role() returns event_trigger language plpgsql security definer as $$
        begin
          insert into public.commands values (current_setting('role'));
        end $$;
        create event trigger note_role on ddl_command_end execute function public.note_role()""");
    Ended restored = commands.call("archive/restore.sh", "--unrecorded", file);
    assertEquals(0, restored.status(), restored.said());

    assertEquals(
        "tidemark_owner",
        one(
            aged.superuser,
            "select relowner::regrole::text from pg_class where oid = ?::regclass",
            "tidemark." + partition(4)));
    assertEquals(
        List.of("postgres"),
        column(aged.superuser, "select recorded_by from audit.archive_history"));
    assertEquals(
        List.of("tidemark_owner"),
        column(aged.superuser, "select distinct role from public.commands"));
  }

  private void assertNothingIsThere() {
    assertEquals(List.of(), aged.cursorsIn("event_all"));
    assertEquals(
        null, one(aged.superuser, "select to_regclass('tidemark.' || ?)::text", partition(4)));
  }

  private String content() throws IOException {
    try (var bytes = new GZIPInputStream(Files.newInputStream(Path.of(file)))) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A file whose manifest vouches for it: only the number of rows is that of the true events. */
  private void replaceContent(String content) throws IOException, GeneralSecurityException {
    String rawBefore = sha256(content().getBytes(StandardCharsets.UTF_8));
    String fileBefore = sha256(Files.readAllBytes(Path.of(file)));
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)).transferTo(gzip);
    }
    Files.write(Path.of(file), bytes.toByteArray());
    Files.writeString(
        manifest(),
        Files.readString(manifest())
            .replace(rawBefore, sha256(content.getBytes(StandardCharsets.UTF_8)))
            .replace(fileBefore, sha256(bytes.toByteArray())));
  }

  private Path manifest() {
    return directory.resolve(partition(4) + ".manifest.json");
  }

  private static String sha256(byte[] bytes) throws GeneralSecurityException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
