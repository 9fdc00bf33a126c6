package dev.tidemark.database;

import static dev.tidemark.database.AgedLog.day;
import static dev.tidemark.database.AgedLog.partition;
import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** The functions that the commands of {@code db/archive/} call, without the commands. */
class ArchiveIT {
  private static final String SHA = "ab".repeat(32);

  private AgedLog aged;
  private Connection superuser;

  @BeforeEach
  void aDayThatWaits() {
    aged = new AgedLog();
    superuser = aged.superuser;
    aged.session("s-1", 4, 3, 0);
    aged.session("s-2", 4);
    aged.retireAll();
    aged.leave();
  }

  @Test
  void anArchivedDayComesBackAsItWasAndTheChainVerifies() throws Exception {
    String events = "select row_to_json(e)::text from tidemark.%s e order by e.history_position";
    List<Object> before = column(superuser, events.formatted(partition(4)));
    String manifest = manifest();
    byte[] content = content();
    run(superuser, "select tidemark.finish_archive(cast(? as jsonb))", manifest);
    assertEquals(List.of(), aged.waiting());
    assertEquals(List.of(2L, 3L), aged.cursorsIn("event_all"));
    aged.nothingIsViolated();

    restore(manifest, content);

    assertEquals(before, column(superuser, events.formatted(partition(4))));
    aged.nothingIsViolated();
    run(superuser, "update tidemark.event_history set payload = '{}' where cursor = 1");
    assertEquals(1L, one(superuser, "select audit.verify_session('s-1')"));
  }

  @Test
  void aRestoredDayStaysUntilItIsReleased() throws Exception {
    String manifest = manifest();
    byte[] content = content();
    run(superuser, "select tidemark.finish_archive(cast(? as jsonb))", manifest);
    restore(manifest, content);

    assertEquals(List.of(List.of(partition(3), 1L, false)), aged.leave());
    assertEquals(List.of(), aged.leave());
    assertEquals(2L, one(superuser, "select tidemark.release_day(cast(? as date))", day(4)));
    assertEquals(List.of(3L), aged.cursorsIn("event_all"));
    aged.nothingIsViolated();
    assertEquals(
        List.of("archived", "restored", "released"),
        column(superuser, "select action from audit.archive_history order by record_id"));
    assertEquals(
        List.of(List.of("archived", partition(4) + ".copy.gz")),
        rows(
            superuser,
            "select place, file from audit.partition_status where day = cast(? as date)",
            day(4)));
  }

  @Test
  void aFileWithAnotherChecksumThanTheRecordSaysIsRefused() throws Exception {
    String manifest = manifest();
    byte[] content = content();
    run(superuser, "select tidemark.finish_archive(cast(? as jsonb))", manifest);

    assertEquals("XX001", refusal(manifest.replace(SHA, "cd".repeat(32)), content));
    assertEquals("XX001", refusal(manifest.replace("\"rows\": 2", "\"rows\": 3"), content));
    assertEquals(
        "22023", refusal(manifest.replace("tidemark-archive-1", "another-format"), content));
    assertEquals("22023", refusal(manifest.replace("history_position", "position"), content));
    assertEquals(
        0L, one(superuser, "select count(*) from tidemark.event_history where cursor = 1"));
  }

  @Test
  void aDayThatIsHereIsNotReadBack() throws Exception {
    assertEquals("42P07", refusal(manifest(), content()));
  }

  @Test
  void aDayThatIsHeldIsNotDroppedForItsFile() {
    String manifest = manifest();
    aged.hold("s-2");

    assertEquals("55000", finishing(manifest));
    assertEquals(List.of(partition(4)), aged.waiting());
  }

  @Test
  void aDayThatIsNotWhatItsManifestSaysIsNotDropped() {
    String manifest = manifest();
    assertEquals("XX001", finishing(manifest.replace("\"rows\": 2", "\"rows\": 1")));
    run(superuser, "delete from tidemark." + partition(4) + " where session_key = 2");
    assertEquals("XX001", finishing(manifest()));
    assertEquals(List.of(partition(4)), aged.waiting());
  }

  @Test
  void aCrashBeforeTheRecordLeavesTheDayWaiting() throws Exception {
    String manifest = manifest();
    try (Connection dying = aged.database.as("postgres")) {
      dying.setAutoCommit(false);
      run(dying, "select tidemark.finish_archive(cast(? as jsonb))", manifest);
      Object process = one(dying, "select pg_backend_pid()");
      run(superuser, "select pg_terminate_backend(cast(? as int), 10000)", process);
    }

    assertEquals(List.of(partition(4)), aged.waiting());
    assertEquals(2L, one(superuser, "select count(*) from tidemark." + partition(4)));
    assertEquals(0L, one(superuser, "select count(*) from tidemark.archive_record"));
    assertTrue(
        (Long) one(superuser, "select tidemark.finish_archive(cast(? as jsonb))", manifest) > 0);
  }

  @Test
  void onlyADayThatWasReadBackIsReleased() {
    assertEquals(
        "55000",
        assertThrows(
                SqlFailure.class,
                () -> run(superuser, "select tidemark.release_day(cast(? as date))", day(3)))
            .state());
  }

  @Test
  void theManifestSaysWhatTheDayHolds() {
    assertEquals(
        List.of(List.of(day(4), 2, 1)),
        rows(
            superuser,
            """
            select m ->> 'day', (m ->> 'rows')::int, (m #>> '{first_event,cursor}')::int
              from (select cast(? as jsonb) as m) manifest
             where m ->> 'schema_version' = (select max(version)::text from tidemark.schema_version)
               and m ->> 'columns' like 'session_key, cursor, %'
               and m #>> '{last_event,chain_hash}' ~ '^[0-9a-f]{64}$'
            """,
            manifest()));
  }

  private String manifest() {
    return (String)
        one(
            superuser,
            "select tidemark.archive_manifest(cast(? as date), ?, 1000, ?, 100, ?)::text",
            day(4),
            partition(4) + ".copy.gz",
            "ef".repeat(32),
            SHA);
  }

  private byte[] content() throws Exception {
    var out = new ByteArrayOutputStream();
    superuser
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyOut(
            "copy (select * from tidemark.%s order by session_key, cursor) to stdout"
                .formatted(partition(4)),
            out);
    assertTrue(out.toString(UTF_8).contains("\\t"));
    return out.toByteArray();
  }

  private void restore(String manifest, byte[] content) throws Exception {
    try (Connection restoring = aged.database.as("postgres")) {
      restoring.setAutoCommit(false);
      Object table = one(restoring, "select tidemark.begin_restore(cast(? as jsonb))", manifest);
      restoring
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("copy tidemark." + table + " from stdin", new ByteArrayInputStream(content));
      run(restoring, "select tidemark.finish_restore(cast(? as jsonb))", manifest);
      restoring.commit();
    }
  }

  private String refusal(String manifest, byte[] content) {
    return assertThrows(SqlFailure.class, () -> restore(manifest, content)).state();
  }

  private String finishing(String manifest) {
    return assertThrows(
            SqlFailure.class,
            () -> run(superuser, "select tidemark.finish_archive(cast(? as jsonb))", manifest))
        .state();
  }
}
