package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may take a lock that others wait for, and how long these wait. */
class LockIT {
  private static final String NOT_ALLOWED = "42501";
  private static final String LOCKED = "55P03";

  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static final TestLog SESSION = new TestLog(SUPERUSER, "s-1");

  static Stream<String> everyAdvisoryLock() {
    return column(
            SUPERUSER,
            """
            select format('select pg_catalog.%I(%s)', proname,
                     (select string_agg('29801', ', ') from generate_series(1, pronargs)))
              from pg_proc
             where pronamespace = 'pg_catalog'::regnamespace and proname ~ 'advisory' and proname !~ 'unlock'
            """)
        .stream()
        .map(String.class::cast);
  }

  /** Also as a role of a person, who has logged in to this database, and as the reader. */
  @ParameterizedTest
  @MethodSource("everyAdvisoryLock")
  void nobodyWhoOnlyReadsTakesAnAdvisoryLock(String sql) throws SQLException {
    for (String role : List.of("tidemark_auditor", "tidemark_reader", "dora", "stranger")) {
      try (Connection connection = DATABASE.as("postgres")) {
        connection.setAutoCommit(false);
        run(connection, "create role dora in role tidemark_auditor");
        run(connection, "create role stranger");
        run(connection, "set local role " + role);
        assertEquals(NOT_ALLOWED, refusal(connection, sql), role);
        connection.rollback();
      }
    }
    if (!sql.equals("select pg_catalog.pg_advisory_xact_lock(29801, 29801)")) {
      assertEquals(NOT_ALLOWED, refusal(DATABASE.as("tidemark_app"), sql));
    }
  }

  @Test
  void noFunctionTakesAnAdvisoryLockForWhoOnlyReads() {
    String wrappers =
        """
        select oid::regprocedure::text from pg_proc
         where pronamespace in ('tidemark'::regnamespace, 'audit'::regnamespace)
           and pg_get_functiondef(oid) ~ '(_advisory_|begin_purge_step|begin_revocation)'
           and prokind <> 'a' and has_function_privilege('%s', oid, 'execute')
        """;
    assertEquals(List.of(), column(SUPERUSER, wrappers.formatted("tidemark_auditor")));
    assertEquals(List.of(), column(SUPERUSER, wrappers.formatted("tidemark_reader")));
    assertTrue(column(SUPERUSER, wrappers.formatted("tidemark_app")).size() > 10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lock table audit.event_history in share mode",
        "lock table audit.event_history in row exclusive mode",
        "lock table audit.event_history in access exclusive mode",
        "lock table audit.session_history in row share mode nowait",
        "lock table tidemark.session_head in access share mode",
        "select * from audit.current_holds for share",
        "select * from audit.session_history for key share",
        "select * from audit.revocation_history for update"
      })
  void whoReadsTheAuditLocksNoTableAgainstWriters(String sql) throws SQLException {
    try (Connection auditor = DATABASE.as("tidemark_auditor")) {
      run(auditor, "set default_transaction_read_only = off");
      auditor.setAutoCommit(false);
      assertTrue(
          List.of(NOT_ALLOWED, "0A000").contains(refusal(auditor, sql)), "not even on a view");
      auditor.rollback();
    }
  }

  /** A DBA who forgot an open transaction delays them for seconds, and then they say so. */
  @Test
  void whatTheGatewayCallsWaitsForSecondsOnly() throws Exception {
    run(SUPERUSER, "update tidemark.epoch set timeline = timeline + 1");
    List<CompletableFuture<String>> waiting = new ArrayList<>();
    try (Connection holder = DATABASE.as("postgres")) {
      holder.setAutoCommit(false);
      run(holder, "select pg_advisory_xact_lock(29801, 12), pg_advisory_xact_lock(29801, 1)");
      run(holder, "select pg_advisory_xact_lock(29803, hashtext('default/alice'))");
      run(holder, "lock table tidemark.verification");
      run(
          holder,
          "select from tidemark.session_head where session_key = ? for update",
          SESSION.key);
      for (String sql :
          List.of(
              "select tidemark.begin_revocation()",
              "select tidemark.observe_epoch('node-1')",
              "select tidemark.raise_floor('s-1', 1, 'default', 'why')",
              """
              select tidemark.issue_ticket('x', '1 minute', 1, 'alice', 'default', '{user}', null, null, null, null, null)
              """)) {
        waiting.add(CompletableFuture.supplyAsync(() -> refusal(DATABASE.as("tidemark_app"), sql)));
      }
      for (CompletableFuture<String> one : waiting) {
        assertEquals(LOCKED, one.get(30, TimeUnit.SECONDS));
      }
    }
    run(SUPERUSER, "update tidemark.epoch set timeline = timeline - 1");
  }

  /** Null, unlike 0, says that there may be work. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "4, forget_records('1 day', 10)",
        "4, forget_admin_records('1 day', 10)",
        "11, forget_records('1 day', 10)",
        "11, forget_publications(10)",
        "15, digest_records(1)",
        "16, note_privileges()"
      })
  void whoIsKeptOutSaysSo(String lockAndCall) throws SQLException {
    String[] parts = lockAndCall.split(", ", 2);
    try (Connection app = DATABASE.as("tidemark_app");
        Connection holder = DATABASE.as("postgres")) {
      holder.setAutoCommit(false);
      run(holder, "select pg_advisory_xact_lock(29801, ?)", Integer.parseInt(parts[0]));
      assertEquals(null, one(app, "select tidemark." + parts[1]));
      holder.rollback();
      assertTrue(((Number) one(app, "select tidemark." + parts[1])).longValue() >= 0);
    }
  }

  private static String refusal(Connection connection, String sql) {
    return assertThrows(SqlFailure.class, () -> run(connection, sql), sql).state();
  }
}
