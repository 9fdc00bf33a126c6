package dev.tidemark.database;

import static dev.tidemark.database.RecordsOfFourDays.FINDINGS;
import static dev.tidemark.database.RecordsOfFourDays.TODAY;
import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A record that was removed, added or changed after its day was over is found. */
class DigestIT {
  private final RecordsOfFourDays records = new RecordsOfFourDays();
  private final Connection superuser = records.superuser;
  private final Connection app = records.app;
  private final Connection auditor = records.auditor;

  @Test
  void everyDayThatIsOverHasOneForEachTable() {
    assertEquals(4, digest());
    assertEquals(0, digest());

    assertEquals(
        List.of(List.of(1, 5L), List.of(2, 5L), List.of(3, 5L), List.of(4, 5L)),
        rows(
            auditor,
            """
            select %s - day, rows from audit.record_digests where record = 'join_record' order by 1"""
                .formatted(TODAY)));
    assertEquals(List.of(), rows(auditor, FINDINGS));
    assertEquals(
        one(superuser, "select count(*) from tidemark.digested_records()"),
        one(auditor, "select count(*) / 4 from audit.record_digests"));
  }

  /** A table that is not digested has its reason here. */
  @Test
  void everyTableIsDigestedOrHasItsReason() {
    Map<String, String> reasons =
        Map.ofEntries(
            Map.entry("browser_login", "changes while it is open; the sign-in is a record"),
            Map.entry("chain_anchor", "moves with the days; the chain verifies from it"),
            Map.entry("digest_look", "a time that moves"),
            Map.entry("event", "in the chain"),
            Map.entry("event_history", "in the chain"),
            Map.entry("message", "compared with its event"),
            Map.entry("privilege_look", "a time that moves"),
            Map.entry("publication", "goes with the window; the event has the id"),
            Map.entry("publication_look", "a place that moves"),
            Map.entry("record_day", "is the digest"),
            Map.entry("record_digest", "is the digest"),
            Map.entry("schema_version", "tells what was installed, and nothing else depends on it"),
            Map.entry("session_head", "moves with each event; the chain verifies it"),
            Map.entry("session_state", "is made of its events"),
            Map.entry("session_verification", "the newest of what the batches say"),
            Map.entry("ticket", "goes after its use"),
            Map.entry("turn", "changes while it runs, and is made of its events"),
            Map.entry("waiting_day", "goes with its day; the purge's record stays"));
    assertEquals(
        reasons.keySet(),
        Set.copyOf(
            column(
                superuser,
                """
                select relname::text from pg_class
                 where relnamespace = 'tidemark'::regnamespace and relkind in ('r', 'p') and not relispartition
                   and relname not in (select record from tidemark.digested_records())""")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "delete from tidemark.join_record where join_id = 12 | join_record | missing | 4",
        "update tidemark.join_record set principal = 'bob' where join_id = 12 | join_record | changed | 5",
        "update tidemark.join_record set capabilities = '{}' where join_id = 12 | join_record | changed | 5",
        "delete from tidemark.leave_record where join_id = 11 | leave_record | missing | 4",
        "insert into tidemark.join_record (joined_at, principal, tenant, node, outcome) select joined_at, 'x', 'x', 'x', 'fresh' from tidemark.join_record where join_id = 12 | join_record | added | 6"
      })
  void aChangeIsFound(String change, String record, String finding, long now) {
    digest();
    run(superuser, change);

    assertEquals(List.of(List.of(3, record, finding, 5L, now)), rows(auditor, FINDINGS));
  }

  @Test
  void aRowThatMovesToAnotherDayIsFoundInBoth() {
    digest();
    run(
        superuser,
        "update tidemark.join_record set joined_at = joined_at + interval '1 day' where join_id = 12");

    assertEquals(2, rows(auditor, FINDINGS).size());
  }

  @Test
  void aDigestThatIsChangedBreaksTheChainOfDays() {
    digest();
    run(superuser, "alter table tidemark.record_digest disable trigger user");
    run(
        superuser,
        "update tidemark.record_digest set rows = 4 where record = 'join_record' and day = "
            + TODAY
            + " - 3");

    assertTrue(rows(auditor, FINDINGS).contains(Arrays.asList(3, null, "chain", null, null)));
    run(superuser, "alter table tidemark.record_digest enable trigger user");
    assertThrows(SqlFailure.class, () -> run(superuser, "delete from tidemark.record_digest"));
    assertThrows(SqlFailure.class, () -> run(superuser, "delete from tidemark.record_day"));
    assertThrows(
        SqlFailure.class,
        () -> run(superuser, "update tidemark.record_day set chain_hash = sha256('x')"));
  }

  @Test
  void theHashOfADayVouchesForAllDaysBefore() {
    digest();
    Object kept = newest();
    run(superuser, "alter table tidemark.record_day disable trigger user");
    run(superuser, "alter table tidemark.record_digest disable trigger user");
    run(superuser, "delete from tidemark.record_digest");
    run(superuser, "delete from tidemark.record_day");
    digest();
    assertEquals(kept, newest());

    run(superuser, "delete from tidemark.record_digest");
    run(superuser, "delete from tidemark.record_day");
    run(superuser, "delete from tidemark.join_record where join_id = 15");
    digest();
    assertEquals(List.of(), rows(auditor, FINDINGS));
    assertNotEquals(kept, newest());
  }

  @Test
  void whatTheCleanUpRemovesByAgeIsNoFinding() {
    digest();
    Object removed =
        one(
            app,
            "select tidemark.forget_records(now() - ((%s - 3) at time zone 'UTC' + interval '12 hours'), 1000)"
                .formatted(TODAY));
    assertTrue((long) removed > 0);

    assertEquals(List.of(), rows(auditor, FINDINGS));
    assertEquals(
        List.of(2, 3, 4),
        column(
            auditor,
            """
            select distinct %s - day from audit.record_digests where forgotten_at is not null order by 1"""
                .formatted(TODAY)));
    run(
        superuser,
        "delete from tidemark.join_record where joined_at >= ("
            + TODAY
            + " - 1) at time zone 'UTC'");
    assertEquals(
        List.of(1), column(auditor, FINDINGS + " where record = 'join_record'"), "a later day");
  }

  @Test
  void theSettingsOfTheCallerDoNotMatter() {
    digest();
    run(auditor, "set timezone = 'Asia/Tokyo'");
    run(auditor, "set intervalstyle = 'iso_8601'");
    run(auditor, "set bytea_output = 'escape'");

    assertEquals(List.of(), rows(auditor, FINDINGS));
  }

  private int digest() {
    return records.digest();
  }

  private Object newest() {
    return one(
        auditor,
        "select distinct chain_hash from audit.record_digests where day = " + TODAY + " - 1");
  }
}
