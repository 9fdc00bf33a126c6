package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The least privilege of each role, tested by logging in with it. The objects come from the
 * catalog, so that new objects of the schema are refused too, or a test fails.
 */
class PrivilegeIT {
  private static final String NOT_ALLOWED = "42501";
  private static final String NOT_WRITABLE = "55000";

  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static final Connection APP = DATABASE.as("tidemark_app");
  private static final Connection AUDITOR = DATABASE.as("tidemark_auditor");

  private static final String FUNCTIONS =
      """
      select oid, format('%%s %%s(%%s)', case prokind when 'p' then 'call' else 'select' end, oid::regproc,
               (select string_agg(format('null::%%s', format_type(type, null)), ', ' order by position)
                  from unnest(proargtypes) with ordinality argument (type, position))) as call
        from pg_proc
       where pronamespace = '%s'::regnamespace and prokind in ('f', 'p') and prorettype <> 'trigger'::regtype
      """;

  static {
    // The role's default refuses all writing before any privilege is looked at.
    run(AUDITOR, "set default_transaction_read_only = off");
    // A day in the history, so that there is one to refuse.
    run(
        SUPERUSER,
        """
        do $$
        declare
          day date := (now() at time zone 'UTC')::date - 9;
          name text := 'event_' || to_char(day, 'YYYYMMDD');
        begin
          perform tidemark.make_partition(day);
          execute format('alter table tidemark.event detach partition tidemark.%I', name);
          execute format('alter table tidemark.event_history attach partition tidemark.%I for values from (%L) to (%L)',
            name, tidemark.day_start(day), tidemark.day_start(day + 1));
        end
        $$""");
  }

  static Stream<String> everyTableOfTheLog() {
    List<Object> tables =
        column(
            SUPERUSER,
            """
            select relid::text from pg_partition_tree('tidemark.event')
            union all
            select relid::text from pg_partition_tree('tidemark.event_history')""");
    assertTrue(tables.size() >= 5, tables::toString);
    return tables.stream().map(String.class::cast);
  }

  @ParameterizedTest
  @MethodSource("everyTableOfTheLog")
  void theApplicationChangesAndRemovesNoEvent(String table) {
    for (String sql :
        List.of(
            "update %s set payload = '{}'",
            "update %s set chain_hash = chain_hash where false",
            "delete from %s",
            "delete from %s where false",
            "truncate %s",
            "alter table %s disable trigger all",
            "alter table %s add column more int",
            "drop table %s",
            "create trigger t before insert on %s execute function suppress_redundant_updates_trigger()")) {
      assertEquals(NOT_ALLOWED, refusal(APP, sql.formatted(table)), sql);
    }
    if (!table.equals("tidemark.event")) {
      assertEquals(
          NOT_ALLOWED, refusal(APP, "insert into " + table + " select * from tidemark.event"));
    }
  }

  static Stream<String> everyRelationOfTheSchema() {
    List<Object> relations =
        column(
            SUPERUSER,
            "select oid::regclass::text from pg_class where relnamespace = 'tidemark'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')");
    assertTrue(relations.size() > 20, relations::toString);
    return relations.stream().map(String.class::cast);
  }

  @ParameterizedTest
  @MethodSource("everyRelationOfTheSchema")
  void theAuditorReadsAndWritesNoneOf(String relation) {
    for (String sql :
        List.of(
            "select from %s",
            "insert into %s default values",
            "delete from %s",
            "truncate %s",
            "copy %s to stdout")) {
      assertEquals(NOT_ALLOWED, refusal(AUDITOR, sql.formatted(relation)), sql);
    }
  }

  @Test
  void theAuditorUsesNoSequence() {
    List<Object> sequences =
        column(
            SUPERUSER,
            "select oid::regclass::text from pg_class where relnamespace = 'tidemark'::regnamespace and relkind = 'S'");
    assertFalse(sequences.isEmpty());
    for (Object sequence : sequences) {
      assertEquals(NOT_ALLOWED, refusal(AUDITOR, "select nextval('" + sequence + "')"));
      assertEquals(NOT_ALLOWED, refusal(AUDITOR, "select last_value from " + sequence));
    }
  }

  @Test
  void theAuditorRunsNoFunctionOfTheSchema() {
    List<Object> calls =
        column(SUPERUSER, "select call from (" + FUNCTIONS.formatted("tidemark") + ") f");
    assertTrue(calls.size() > 15, calls::toString);
    for (Object call : calls) {
      assertEquals(NOT_ALLOWED, refusal(AUDITOR, (String) call), (String) call);
    }
  }

  @Test
  void theAuditorWritesNoViewAndMakesNothing() {
    List<Object> views =
        column(
            SUPERUSER,
            "select oid::regclass::text from pg_class where relnamespace = 'audit'::regnamespace");
    assertTrue(views.size() >= 7, views::toString);
    for (Object view : views) {
      for (String sql : List.of("delete from %s", "insert into %s default values")) {
        assertTrue(
            Set.of(NOT_ALLOWED, NOT_WRITABLE).contains(refusal(AUDITOR, sql.formatted(view))),
            () -> sql.formatted(view));
      }
      run(AUDITOR, "select * from " + view + " limit 0");
    }
    assertEquals(NOT_ALLOWED, refusal(AUDITOR, "create table audit.mine (n int)"));
    assertEquals(NOT_ALLOWED, refusal(AUDITOR, "create table public.mine (n int)"));
    assertEquals(NOT_ALLOWED, refusal(AUDITOR, "create schema mine"));
  }

  @Test
  void theApplicationHasNothingOfTheAudit() {
    List<Object> calls =
        column(SUPERUSER, "select call from (" + FUNCTIONS.formatted("audit") + ") f");
    assertTrue(calls.size() >= 6, calls::toString);
    calls.forEach(call -> assertEquals(NOT_ALLOWED, refusal(APP, (String) call), (String) call));
    column(
            SUPERUSER,
            "select oid::regclass::text from pg_class where relnamespace = 'audit'::regnamespace")
        .forEach(view -> assertEquals(NOT_ALLOWED, refusal(APP, "select from " + view)));
  }

  @Test
  void theApplicationReadsOnlyWhatItWorksWith() {
    for (String table :
        List.of(
            "event_history",
            "event_all",
            "chain_anchor",
            "verification",
            "verification_batch",
            "verification_misfit",
            "session_verification",
            "chain_acknowledgement",
            "record_day",
            "record_digest",
            "digest_look",
            "privilege_record",
            "privilege_look")) {
      assertEquals(NOT_ALLOWED, refusal(APP, "select from tidemark." + table), table);
    }
  }

  /** A role that may add a trigger or a reference to a table can keep others from writing to it. */
  @Test
  void nobodyButTheOwnerMayTruncateReferenceOrHang() {
    assertEquals(
        List.of(),
        rows(
            SUPERUSER,
            """
            select oid::regclass::text, privilege_type, grantee::regrole::text
              from pg_class, aclexplode(relacl)
             where relnamespace in ('tidemark'::regnamespace, 'audit'::regnamespace)
               and grantee <> 'tidemark_owner'::regrole
               and (privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER') or is_grantable)
            """));
  }

  @Test
  void theRolesAreNoAdministratorsAndNoneIsTheOther() {
    assertEquals(
        List.of(
            List.of("tidemark_app", true, false),
            List.of("tidemark_auditor", true, false),
            List.of("tidemark_owner", false, false),
            List.of("tidemark_reader", false, false)),
        rows(
            SUPERUSER,
            """
            select rolname::text, rolcanlogin,
                   rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls
                     or exists (select from pg_auth_members m
                                 where m.member = r.oid
                                   and (r.rolname, m.roleid::regrole::text) not in (('tidemark_app', 'tidemark_reader'), ('tidemark_owner', 'pg_read_all_stats')))
              from pg_roles r where rolname like 'tidemark%' order by rolname
            """));
    for (Connection role : List.of(APP, AUDITOR)) {
      for (String sql :
          List.of(
              "set role tidemark_owner",
              "set session authorization tidemark_owner",
              "alter role tidemark_owner login",
              "alter schema tidemark rename to mine",
              "drop schema tidemark cascade",
              "alter function tidemark.event_hash(bytea, uuid, text, bigint, uuid, text, text, uuid, timestamptz, text) owner to current_user",
              "create table tidemark.mine (n int)")) {
        assertEquals(NOT_ALLOWED, refusal(role, sql), sql);
      }
    }
  }

  private static String refusal(Connection connection, String sql) {
    return assertThrows(SqlFailure.class, () -> run(connection, sql), sql).state();
  }
}
