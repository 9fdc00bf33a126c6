package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import dev.tidemark.wire.EventTypes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaIT {
  private static final String NOT_ALLOWED = "42501";
  private static final String CANNOT_LOG_IN = "28000";

  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static final Connection APP = DATABASE.as("tidemark_app");
  private static final Connection AUDITOR = DATABASE.as("tidemark_auditor");
  private static final TestLog LOG = new TestLog(APP, "s-1");

  @Test
  void everyTableViewColumnAndFunctionSaysWhatItIs() {
    assertEquals(
        List.of(),
        column(
            SUPERUSER,
            """
            with ours as (select oid from pg_namespace where nspname in ('tidemark', 'audit'))
            select 'schema ' || oid::regnamespace from ours where obj_description(oid, 'pg_namespace') is null
            union all
            select 'relation ' || oid::regclass from pg_class
             where relnamespace in (select oid from ours) and relkind in ('r', 'p', 'v', 'm', 'f')
               and obj_description(oid, 'pg_class') is null
            union all
            select 'column ' || c.oid::regclass || '.' || a.attname
              from pg_class c join pg_attribute a on a.attrelid = c.oid
             where c.relnamespace in (select oid from ours) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')
               and a.attnum > 0 and not a.attisdropped and col_description(c.oid, a.attnum) is null
            union all
            select 'type ' || c.reltype::regtype from pg_class c
             where relnamespace in (select oid from ours) and relkind = 'c' and obj_description(c.reltype, 'pg_type') is null
            union all
            select 'function ' || oid::regprocedure from pg_proc
             where pronamespace in (select oid from ours) and obj_description(oid, 'pg_proc') is null
            """));
  }

  @Test
  void everythingBelongsToTheOwnerAndNothingToEverybody() {
    assertEquals(
        List.of(),
        column(
            SUPERUSER,
            """
            with ours as (select oid from pg_namespace where nspname in ('tidemark', 'audit'))
            select oid::regclass::text from pg_class
             where relnamespace in (select oid from ours) and relowner <> 'tidemark_owner'::regrole
            union all
            select oid::regprocedure::text from pg_proc
             where pronamespace in (select oid from ours)
               and (proowner <> 'tidemark_owner'::regrole or proacl is null
                    or exists (select from aclexplode(proacl) where grantee = 0))
            """));
  }

  @Test
  void whatRunsAsTheOwnerLooksForNothingInTheSchemasOfItsCaller() {
    assertEquals(
        List.of(),
        column(
            SUPERUSER,
            """
            select oid::regprocedure::text from pg_proc
             where pronamespace in (select oid from pg_namespace where nspname in ('tidemark', 'audit'))
               and prosecdef and not 'search_path=pg_catalog, tidemark, pg_temp' = any(coalesce(proconfig, '{}'))
            """));
  }

  @Test
  void everyMigrationLeavesItsVersion() {
    assertEquals(
        List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22),
        column(APP, "select version from tidemark.schema_version order by version"));
  }

  /** A function has one definition to read and to change; migrations hold older ones. */
  @Test
  void everyFunctionIsDefinedOnceInTheRepeatableFiles() {
    assertEquals(
        column(
            SUPERUSER,
            """
            select name
              from (select pronamespace::regnamespace || '.' || proname as name from pg_proc) functions
             where name ~ '^(tidemark|audit)\\.'
             order by name collate "C"
            """),
        RepeatableFiles.all().stream().flatMap(RepeatableFiles::functions).sorted().toList());
  }

  @Test
  void theIndexWithoutDeltasLeavesOutWhatTheWireCallsADelta() {
    assertEquals(
        EventTypes.DELTAS,
        Set.copyOf(
            column(
                APP,
                """
                select type[1]
                  from pg_index, regexp_matches(pg_get_expr(indpred, indrelid), $$'([a-z_]+)'$$, 'g') as type
                 where indexrelid = 'tidemark.event_without_deltas'::regclass""")));
  }

  @Test
  void theApplicationAppendsAndReads() {
    long cursor = LOG.append("broadcast", "{\"n\" :  1}");

    assertEquals(
        "{\"n\" :  1}",
        one(
            APP,
            "select payload::text from tidemark.event where session_key = ? and cursor = ?",
            LOG.key,
            cursor));
  }

  @Test
  void theApplicationRunsThePurgeAndMakesPartitionsAhead() {
    assertEquals(0, one(APP, "select sessions from tidemark.raise_floors('n', '1 day', 1000, 10)"));
    assertEquals(0, one(APP, "select tidemark.ensure_partitions(0)"));
    assertEquals(List.of(), column(APP, "select busy from tidemark.retire_day('n')"));
    assertEquals(List.of(), column(APP, "select busy from tidemark.leave_history('n', '1 day')"));
    assertEquals(List.of(), column(APP, "select busy from tidemark.drop_day('n', '1 day')"));
    run(APP, "select tidemark.note_retention_settings('n', '7 days', 1, '400 days', 'keep')");
  }

  @Test
  void theApplicationIsAlwaysDurable() {
    assertEquals("on", one(APP, "select current_setting('synchronous_commit')"));
    assertEquals("on", one(APP, "select current_setting('fsync')"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update tidemark.event set payload = '{}'",
        "delete from tidemark.event",
        "truncate tidemark.event",
        "delete from tidemark.event_default",
        "insert into tidemark.event_default select * from tidemark.event",
        "delete from tidemark.session",
        "update tidemark.session set owner = 'mallory'",
        "update tidemark.session_head set floor_cursor = 1",
        "delete from tidemark.session_head",
        "delete from tidemark.session_state",
        "update tidemark.message set content = '1'",
        "delete from tidemark.message",
        "delete from tidemark.turn",
        "insert into tidemark.epoch values (9, gen_random_uuid(), now(), 'x', 1, 1, 'x')",
        "update tidemark.epoch set reason = 'x'",
        "update tidemark.join_record set principal = 'x'",
        "delete from tidemark.join_record",
        "update tidemark.read_progress set sent_cursor = 1",
        "delete from tidemark.read_progress",
        "update tidemark.leave_record set why = 'x'",
        "delete from tidemark.leave_record",
        "update tidemark.resync_record set reason = 'x'",
        "delete from tidemark.resync_record",
        "update tidemark.refusal_record set times = 1",
        "delete from tidemark.refusal_record",
        "update tidemark.sign_in_record set times = 1",
        "delete from tidemark.sign_in_record",
        "update tidemark.rest_reading_record set times = 1",
        "delete from tidemark.rest_reading_record",
        "update tidemark.revocation set in_force_until = now()",
        "delete from tidemark.revocation",
        "update tidemark.admin_record set principal = 'x'",
        "delete from tidemark.admin_record",
        "update tidemark.node_record set started_at = now()",
        "delete from tidemark.node_record",
        "select * from tidemark.ticket",
        "delete from tidemark.ticket",
        "select * from audit.screen_at('s-1', 'alice', now())",
        "insert into tidemark.purge_record (node, policy, duration_ms) values ('x', '{}', 0)",
        "delete from tidemark.purge_record",
        "insert into tidemark.schema_version values (99, 'x')",
        "insert into tidemark.event_history select * from tidemark.event",
        "update tidemark.event_history set payload = '{}'",
        "delete from tidemark.event_history",
        "alter table tidemark.event_history detach partition tidemark.event_default",
        "select tidemark.make_partition('2020-01-01')",
        "select tidemark.begin_epoch('x')",
        "select tidemark.set_retention_policy('x', replay_age => '1 day')",
        "select tidemark.place_hold('s-1', 'x', 'x')",
        "select tidemark.lift_hold(1, 'x')",
        "select tidemark.return_day('2020-01-01')",
        "select tidemark.leave_day('2020-01-01', 'x')",
        "select tidemark.drop_waiting_day('2020-01-01', 'x')",
        "select tidemark.raise_floors_of_day('2020-01-01', 'x')",
        "call tidemark.leave_log('2020-01-01', 'x')",
        "select tidemark.acknowledge_misfit('s-1', 1, 'x', 'x')",
        "select tidemark.finish_archive('{}')",
        "select tidemark.release_day('2020-01-01')",
        "insert into tidemark.retention_policy (set_by, reason) values ('x', 'x')",
        "update tidemark.legal_hold set lifted_at = now()",
        "delete from tidemark.legal_hold",
        "insert into tidemark.chain_anchor values (1, 1, sha256('x'))",
        "delete from tidemark.chain_anchor",
        "delete from tidemark.waiting_day",
        "delete from tidemark.archive_record",
        "select * from audit.invariant_violations",
        "create table tidemark.mine (n int)",
        "create table public.mine (n int)",
        "drop table tidemark.event_default",
        "alter table tidemark.event detach partition tidemark.event_default",
        "set role tidemark_owner"
      })
  void theApplicationMayNot(String sql) {
    assertEquals(NOT_ALLOWED, refusal(APP, sql));
  }

  @Test
  void theAuditorReadsTheViewsAndVerifies() {
    assertEquals(List.of(), column(AUDITOR, "select invariant from audit.invariant_violations"));
    assertEquals(null, one(AUDITOR, "select audit.verify_session('s-1')"));
  }

  @Test
  void theAuditorReadsNoBaseTable() {
    List<Object> tables =
        column(
            SUPERUSER,
            """
            select oid::regclass::text from pg_class
             where relnamespace = 'tidemark'::regnamespace and relkind in ('r', 'p')
            """);
    assertTrue(tables.size() > 9);
    tables.forEach(table -> assertEquals(NOT_ALLOWED, refusal(AUDITOR, "select from " + table)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into tidemark.join_record (principal, tenant, node, outcome) values ('x', 'x', 'x', 'fresh')",
        "delete from audit.invariant_violations",
        "select tidemark.observe_epoch('x')",
        "select tidemark.ensure_partitions(1)",
        "select * from tidemark.raise_floors('x', '1 day', 1, 1)",
        "select tidemark.raise_floor('s-1', 1, reason => 'ticket 1')",
        "select * from tidemark.retire_day('x')",
        "select tidemark.place_hold('s-1', 'x', 'x')",
        "select tidemark.lift_hold(1, 'x')",
        "select * from tidemark.leave_history('x', '1 day')",
        "select * from tidemark.drop_day('x', '1 day')",
        "select * from tidemark.event_all",
        "select * from tidemark.reading",
        "select tidemark.forget_records('1 day', 1)",
        "select * from tidemark.spend_ticket('x')",
        "select tidemark.forget_admin_records('1 day', 1)",
        "delete from tidemark.event_history",
        "create table audit.mine (n int)",
        "set role tidemark_owner"
      })
  void theAuditorMayNot(String sql) {
    run(AUDITOR, "set default_transaction_read_only = off");
    assertTrue(List.of(NOT_ALLOWED, "55000").contains(refusal(AUDITOR, sql)), sql);
  }

  @Test
  void nobodyLogsInAsTheOwner() {
    // With the right password: a wrong one would be refused before the role is looked at.
    run(SUPERUSER, "alter role tidemark_owner password 'none'");
    try {
      assertEquals(
          CANNOT_LOG_IN,
          assertThrows(SqlFailure.class, () -> DATABASE.as("tidemark_owner")).state());
    } finally {
      run(SUPERUSER, "alter role tidemark_owner password null");
    }
  }

  @Test
  void theRolesCanBeSetUpAgain() throws Exception {
    run(SUPERUSER, Files.readString(Path.of("db/roles/roles.sql")));
  }

  private static String refusal(Connection connection, String sql) {
    return assertThrows(SqlFailure.class, () -> run(connection, sql)).state();
  }
}
