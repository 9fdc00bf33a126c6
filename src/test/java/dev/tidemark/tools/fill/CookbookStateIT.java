package dev.tidemark.tools.fill;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Asks the questions of docs/audit.md about the database itself, as they are written there, as the
 * auditor: each result must be what the test has just brought about.
 */
class CookbookStateIT {
  private static final String HOT_ROWS = "Are the hot rows healthy?";
  private static final String INDEXES = "Are the indexes healthy?";
  private static final String RUNNING = "What runs long?";
  private static final String LOCKS = "Who holds which lock, and who waits for it?";
  private static final String PRIVILEGES = "Who may do what in the database?";
  private static final String CHANGES = "When did it change who may do what?";
  private static final String PROOFS =
      "When were the records last digested, and the privileges looked at?";

  static final Set<String> QUESTIONS =
      Set.of(HOT_ROWS, INDEXES, RUNNING, LOCKS, PRIVILEGES, CHANGES, PROOFS);

  private static SchemaDatabase database;
  private static Connection superuser;
  private static Connection auditor;

  /** Not with the class, whose list of questions another test reads. */
  @BeforeAll
  static void connect() {
    database = SchemaDatabase.fresh();
    superuser = database.as("postgres");
    auditor = database.as("tidemark_auditor");
  }

  @Test
  void deadRowsAndUpdatesThatTouchNoIndexAreCounted() throws Exception {
    run(superuser, "alter table tidemark.session_head set (autovacuum_enabled = off)");
    run(
        superuser,
        "insert into tidemark.session (session_id, agent_id, owner) select 'hot-' || n, 'echo', 'alice' from generate_series(1, 1000) n");
    run(
        superuser,
        "insert into tidemark.session_head (session_key, floor_at) select session_key, now() from tidemark.session");
    tellStatistics();
    run(superuser, "analyze tidemark.session_head");
    for (int i = 0; i < 3; i++) {
      run(superuser, "update tidemark.session_head set last_event_at = now()");
    }
    tellStatistics();

    Awaitility.await("the statistics are told")
        .atMost(Duration.ofSeconds(30))
        .until(() -> (long) rowOf(HOT_ROWS, "session_head").get(5) == 3_000);
    List<Object> row = rowOf(HOT_ROWS, "session_head");
    assertEquals(1_000L, row.get(1));
    assertTrue((long) row.get(2) > 1_000, row::toString); // dead, above what autovacuum waits for
    assertTrue((long) row.get(2) > (long) row.get(3), row::toString);
    assertTrue((long) row.get(6) > 0 && (long) row.get(6) <= 100, row::toString); // HOT, in percent
    assertTrue((long) row.get(8) > 110, row::toString); // bloat
  }

  @Test
  void anIndexThatCannotBeUsedComesFirst() throws Exception {
    run(
        superuser,
        "update pg_index set indisvalid = false where indexrelid = 'tidemark.turn_leases'::regclass");
    try {
      List<Object> first = ask(INDEXES).get(0);
      assertEquals(List.of("turn_leases", "turn", false, false), first.subList(0, 4));
    } finally {
      run(
          superuser,
          "update pg_index set indisvalid = true where indexrelid = 'tidemark.turn_leases'::regclass");
    }
  }

  @Test
  void whoHoldsALockAndWhoWaitsForItAndForHowLongIsThere() throws Exception {
    try (Connection holder = database.as("postgres");
        Connection waiter = database.as("tidemark_app")) {
      holder.setAutoCommit(false);
      Object holds = one(holder, "select pg_backend_pid()");
      Object waits = one(waiter, "select pg_backend_pid()");
      run(holder, "lock table tidemark.turn in access exclusive mode");
      run(holder, "select pg_advisory_xact_lock(29801, 12)");
      CompletableFuture<Void> waiting =
          CompletableFuture.runAsync(() -> run(waiter, "select from tidemark.turn where false"));
      try {
        Awaitility.await("it waits")
            .atMost(Duration.ofSeconds(30))
            .until(
                () ->
                    ask(LOCKS).stream()
                        .anyMatch(
                            row ->
                                row.get(0).equals(number(waits))
                                    && row.get(2).equals("tidemark.turn")
                                    && row.get(4).equals(false)
                                    && row.get(7).equals("{" + holds + "}")));
        assertTrue(
            ask(LOCKS).stream()
                .anyMatch(
                    row ->
                        row.get(0).equals(number(holds))
                            && row.get(1).equals("postgres")
                            && row.get(2).equals("tidemark.turn")
                            && row.get(3).equals("AccessExclusiveLock")
                            && row.get(4).equals(true)
                            && row.get(8).equals("{" + waits + "}")));
        assertTrue(
            ask(LOCKS).stream()
                .anyMatch(row -> row.get(2).equals("advisory lock 29801, 12: a revocation")));
        // Ten seconds are long for a test; the rest of the question is as it is printed.
        String sql =
            question(RUNNING).with(Map.of()).replace("interval '10 seconds'", "interval '0'");
        List<List<Object>> running = rows(sql);
        assertTrue(
            running.stream()
                .anyMatch(
                    row ->
                        row.get(0).equals(number(holds))
                            && row.get(4).equals("idle in transaction")),
            running::toString);
        assertTrue(
            running.stream()
                .anyMatch(row -> row.get(0).equals(number(waits)) && row.get(5).equals("select")),
            running::toString);
        assertFalse(running.toString().contains("tidemark.turn"), "a statement is shown");
        assertEquals(List.of(), ask(RUNNING));
      } finally {
        holder.rollback();
      }
      waiting.join();
    }
  }

  @Test
  void theProofsSayWhenTheyWereMade() throws Exception {
    run(superuser, "select tidemark.digest_records(1)");
    run(superuser, "select tidemark.note_privileges()");

    List<List<Object>> rows = ask(PROOFS);
    assertEquals(List.of("digests", "privileges"), rows.stream().map(r -> r.get(0)).toList());
    rows.forEach(row -> assertTrue(row.get(1) != null, row::toString));
    assertTrue(rows.get(0).get(2) != null, rows::toString);
  }

  @Test
  void aPrivilegeIsThereFromItsGrantOnAndItsChangesAreKept() throws Exception {
    run(superuser, "select tidemark.note_privileges()");
    assertEquals(0, one(superuser, "select tidemark.note_privileges()"));
    run(superuser, "create role mallory login bypassrls");
    try {
      run(superuser, "grant select on tidemark.event to mallory");
      run(superuser, "grant update (payload) on tidemark.event to mallory with grant option");
      run(superuser, "grant tidemark_app to mallory");
      List<List<Object>> expected =
          List.of(
              ResultRows.row("mallory", "attribute", "bypassrls", "", false, null),
              ResultRows.row("mallory", "attribute", "login", "", false, null),
              ResultRows.row(
                  "mallory", "column", "update", "tidemark.event.payload", true, "tidemark_owner"),
              ResultRows.row("mallory", "member", "member", "tidemark_app", false, "postgres"),
              ResultRows.row(
                  "mallory", "table", "select", "tidemark.event", false, "tidemark_owner"));
      assertEquals(
          expected, ask(PRIVILEGES).stream().filter(r -> r.get(0).equals("mallory")).toList());
      assertEquals(5, one(superuser, "select tidemark.note_privileges()"));
      assertEquals(5, ask(CHANGES).size());
    } finally {
      run(superuser, "drop owned by mallory");
      run(superuser, "drop role mallory");
    }
    assertEquals(5, one(superuser, "select tidemark.note_privileges()"));

    List<List<Object>> changes = ask(CHANGES);
    assertEquals(
        List.of("granted", "revoked"), changes.stream().map(r -> r.get(2)).distinct().toList());
    assertEquals(10, changes.size());
    for (List<Object> change : changes) {
      assertTrue((long) change.get(0) < (long) change.get(1), change::toString);
    }
  }

  /** PostgreSQL tells them at the end of the transaction, instead of a second later. */
  private static void tellStatistics() {
    run(superuser, "select pg_stat_force_next_flush()");
  }

  private static List<Object> rowOf(String title, String table) throws SQLException {
    return ask(title).stream().filter(row -> row.get(0).equals(table)).findFirst().orElseThrow();
  }

  private static Object number(Object pid) {
    return ((Number) pid).longValue();
  }

  private static List<List<Object>> ask(String title) throws SQLException {
    return rows(question(title).with(Map.of()));
  }

  private static Cookbook.Question question(String title) {
    return Cookbook.questions().stream()
        .filter(q -> q.title().equals(title))
        .findFirst()
        .orElseThrow();
  }

  private static List<List<Object>> rows(String sql) throws SQLException {
    try (Statement statement = auditor.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return ResultRows.rows(result);
    }
  }
}
