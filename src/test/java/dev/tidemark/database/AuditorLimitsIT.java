package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the auditor's role cannot do to others: fill the disk, stay for ever, change anything. */
class AuditorLimitsIT {
  private static final String NOT_ALLOWED = "42501";
  private static final String READ_ONLY = "25006";
  private static final String TOO_MUCH = "53400";

  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");

  @ParameterizedTest
  @CsvSource({
    "tidemark_auditor, jit, off",
    "tidemark_auditor, default_transaction_read_only, on",
    "tidemark_auditor, statement_timeout, 5min",
    "tidemark_auditor, idle_in_transaction_session_timeout, 5min",
    "tidemark_auditor, temp_file_limit, 2GB",
    "tidemark_app, jit, off",
    "tidemark_app, synchronous_commit, on"
  })
  void aRoleHasItsSettings(String role, String setting, String value) throws Exception {
    try (Connection connection = DATABASE.as(role)) {
      assertEquals(value, one(connection, "select current_setting(?)", setting));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create temporary table mine (n int)",
        "create temporary table mine as select * from audit.event_history",
        "select pg_logical_emit_message(false, 'x', 'x')",
        "select pg_logical_emit_message(true, 'x', 'x'::bytea)",
        "select lo_create(0)",
        "select lo_creat(-1)",
        "select lo_from_bytea(0, 'x')",
        "select lo_import('/etc/passwd')",
        "select pg_advisory_lock(29801, 15)",
        "select pg_advisory_xact_lock_shared(29801)",
        "select pg_try_advisory_lock(29801, 16)",
        "create table public.mine (n int)",
        "copy (select 1) to '/tmp/mine'",
        "copy (select 1) to program 'true'",
        "select pg_read_file('/etc/passwd')",
        "set temp_file_limit = -1",
        "alter role tidemark_auditor set temp_file_limit = -1",
        "alter role tidemark_auditor connection limit 1000"
      })
  void theAuditorMayNotEvenIfItWrites(String sql) throws Exception {
    try (Connection auditor = DATABASE.as("tidemark_auditor")) {
      run(auditor, "set default_transaction_read_only = off");
      assertEquals(NOT_ALLOWED, refusal(auditor, sql));
    }
  }

  @Test
  void aSortThatNeedsTooMuchOfTheDiskIsEnded() throws Exception {
    run(SUPERUSER, "alter role tidemark_auditor set temp_file_limit = '1MB'");
    try (Connection auditor = DATABASE.as("tidemark_auditor")) {
      assertEquals(
          TOO_MUCH,
          refusal(
              auditor,
              "select count(*) from (select n::text from generate_series(1, 400000) n order by md5(n::text)) s"));
    } finally {
      run(SUPERUSER, "alter role tidemark_auditor set temp_file_limit = '2GB'");
    }
  }

  @Test
  void aQuestionChangesNothingAndAVerificationWritesItsRecordAllTheSame() throws Exception {
    try (Connection auditor = DATABASE.as("tidemark_auditor")) {
      assertEquals(READ_ONLY, refusal(auditor, "select audit.begin_verification()"));
      run(auditor, "call audit.verify_all()");
      assertEquals(
          List.of("tidemark_auditor"),
          column(auditor, "select begun_by from audit.verification_progress"));
    }
  }

  @Test
  void aConnectionTooManyIsRefused() {
    assertEquals(
        20, one(SUPERUSER, "select rolconnlimit from pg_roles where rolname = 'tidemark_auditor'"));
  }

  /** roles.sql runs with each installation. */
  @Test
  void aValueThatTheDbaChoseStaysAndOneThatIsGoneComesBack() throws Exception {
    String roles = Files.readString(Path.of("db/roles/roles.sql"));
    run(SUPERUSER, "alter role tidemark_auditor set statement_timeout = '2h'");
    run(SUPERUSER, "alter role tidemark_auditor reset jit");
    run(SUPERUSER, "alter role tidemark_auditor connection limit 7");
    try {
      run(SUPERUSER, roles);

      try (Connection auditor = DATABASE.as("tidemark_auditor")) {
        assertEquals("2h", one(auditor, "show statement_timeout"));
        assertEquals("off", one(auditor, "show jit"));
      }
      assertEquals(
          7,
          one(SUPERUSER, "select rolconnlimit from pg_roles where rolname = 'tidemark_auditor'"));
    } finally {
      run(SUPERUSER, "alter role tidemark_auditor set statement_timeout = '5min'");
      run(SUPERUSER, "alter role tidemark_auditor connection limit 20");
    }
  }

  /** Before version 16 the role had no limit. */
  @Test
  void noLimitIsADecisionOfTheDbaFromVersion16On() throws Exception {
    String roles = Files.readString(Path.of("db/roles/roles.sql"));
    String limit = "select rolconnlimit from pg_roles where rolname = 'tidemark_auditor'";
    try (Connection one = DATABASE.as("postgres")) {
      one.setAutoCommit(false);
      run(one, "alter role tidemark_auditor connection limit -1");
      run(one, roles);
      assertEquals(-1, one(one, limit));
      run(one, "delete from tidemark.schema_version where version >= 16");
      run(one, roles);
      assertEquals(20, one(one, limit));
      one.rollback();
    }
  }

  @Test
  void withoutTheRightToSeeOthersWhatRunsIsAnErrorWithItsRemedy() throws Exception {
    for (String view : List.of("audit.running", "audit.locks")) {
      try (Connection one = DATABASE.as("postgres")) {
        one.setAutoCommit(false);
        run(one, "revoke pg_read_all_stats from tidemark_owner");
        run(one, "set local role tidemark_auditor");
        SqlFailure failure =
            assertThrows(SqlFailure.class, () -> run(one, "select * from " + view));
        assertEquals(NOT_ALLOWED, failure.state());
        assertTrue(failure.getMessage().contains("db/roles/roles.sql"), failure.getMessage());
        one.rollback();
      }
    }
  }

  /** A table in psql is as wide as its widest row. */
  @Test
  void theFunctionsOfTheAuditFitOnAScreen() {
    assertEquals(
        List.of(),
        column(
            SUPERUSER,
            """
            select oid::regprocedure::text from pg_proc
             where pronamespace = 'audit'::regnamespace
               and (length(pg_get_function_result(oid)) > 30 or length(pg_get_function_arguments(oid)) > 200)"""));
    assertTrue(
        (long)
                one(
                    SUPERUSER,
                    "select count(*) from pg_proc where pronamespace = 'audit'::regnamespace")
            > 5);
  }

  private static String refusal(Connection connection, String sql) {
    return assertThrows(SqlFailure.class, () -> run(connection, sql), sql).state();
  }
}
