package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A record that was removed, added or changed after its day was over is found. */
class DigestIT {
  /** The day after the newest that is over, which has its digests an hour after its end. */
  private static final String TODAY = "(now() at time zone 'UTC' - interval '1 hour')::date";

  private static final String FINDINGS =
      "select "
          + TODAY
          + " - day, record, finding, rows_then, rows_now from audit.verify_records()";

  private SchemaDatabase database;
  private Connection superuser;
  private Connection app;
  private Connection auditor;

  /** Five joins on each of the last four days; each leave was recorded twenty hours later. */
  @BeforeEach
  void recordsOfFourDays() {
    database = SchemaDatabase.fresh();
    superuser = database.as("postgres");
    app = database.as("tidemark_app");
    auditor = database.as("tidemark_auditor");
    run(
        superuser,
        """
        insert into tidemark.join_record (joined_at, principal, tenant, node, outcome)
        select (%s - ago) at time zone 'UTC' + n * interval '5 hours', 'alice', 'default', 'n', 'fresh'
          from generate_series(1, 4) ago, generate_series(0, 4) n"""
            .formatted(TODAY));
    run(
        superuser,
        """
        insert into tidemark.leave_record (join_id, left_at, recorded_at, why, resyncs, sent_cursor, in_flight)
        select join_id, joined_at + interval '1 minute', joined_at + interval '20 hours', 'closed', 0, 1, 0
          from tidemark.join_record""");
  }

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
  void everyTableOfRecordsIsDigested() {
    assertEquals(
        List.of("node_record"),
        column(
            superuser,
            """
            select relname::text from pg_class
             where relnamespace = 'tidemark'::regnamespace and relkind = 'r' and relname ~ '_record$'
               and relname not in (select record from tidemark.digested_records())"""),
        "node_record is a sign of life and changes all the time");
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
    return (int) one(app, "select tidemark.digest_records(10)");
  }

  private Object newest() {
    return one(
        auditor,
        "select distinct chain_hash from audit.record_digests where day = " + TODAY + " - 1");
  }
}
