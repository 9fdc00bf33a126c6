package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Days that no floor needs move from the log to the history. */
class RetirementIT {
  private static final String INVALID_TRANSACTION_STATE = "25000";

  private final Instant now = Instant.now();

  private SchemaDatabase database;
  private Connection superuser;
  private Connection app;
  private TestLog log;

  @BeforeEach
  void aSessionWithEventsOfThreeDays() {
    database = SchemaDatabase.fresh();
    superuser = database.as("postgres");
    app = database.as("tidemark_app");
    run(app, "set statement_timeout = '10s'");
    run(app, "select tidemark.ensure_partitions(1)");
    log = new TestLog(app, "s-1");
    for (int daysAgo : List.of(3, 2)) {
      run(
          superuser,
          "select tidemark.make_partition((now() at time zone 'UTC')::date - cast(? as int))",
          daysAgo);
      log.append("broadcast", "{}", null, daysAgo(daysAgo));
    }
    log.append("broadcast", "{}");
  }

  @Test
  void theDaysThatNoFloorNeedsLeaveOneByOne() {
    raiseFloors();

    assertEquals(List.of(List.of(partition(3), 1L, false)), retire());
    assertEquals(List.of(2L, 3L), cursorsIn("event"));
    assertEquals(List.of(List.of(partition(2), 1L, false)), retire());
    assertEquals(List.of(), retire());
    assertEquals(List.of(3L), cursorsIn("event"));
    assertEquals(List.of(1L, 2L), cursorsIn("event_history"));
  }

  @Test
  void whatLeftIsInTheRecord() {
    raiseFloors();
    retire();

    assertEquals(
        List.of(List.of("node-1", LocalDate.now(ZoneOffset.UTC).minusDays(3).toString(), true)),
        rows(
            app,
            """
            select node, policy ->> 'day', duration_ms > 0 from tidemark.purge_record
             where partitions_removed = array[cast(? as text)] and rows_removed = 1 and sessions = 0
            """,
            partition(3)));
  }

  @Test
  void eventsKeepTheirIdentityAndTheChainVerifiesOverLogAndHistory() {
    String events =
        "select row_to_json(e)::text from tidemark.event_all e order by e.history_position";
    List<Object> before = column(superuser, events);

    raiseFloors();
    retire();

    assertEquals(before, column(superuser, events));
    assertEquals(null, misfit());
    nothingIsViolated();
    run(superuser, "update tidemark.event_history set source = 'mallory'");
    assertEquals(1L, misfit());
  }

  @Test
  void aDayThatAFloorNeedsStays() {
    assertEquals(List.of(), retire());

    run(superuser, "select tidemark.raise_floor('s-1', 2, reason => 'ticket 1')");
    assertEquals(1, retire().size());
    assertEquals(List.of(), retire());
    assertEquals(List.of(2L, 3L), cursorsIn("event"));
  }

  /** Its first events are folded into snapshots though they are below the floor. */
  @Test
  void aDayInWhichARunningTurnBeganStaysUntilTheTurnHasEnded() {
    run(
        app,
        """
        insert into tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, status, started_at)
        values (gen_random_uuid(), ?, 1, 'm-1', 'echo', 'running', now() - interval '2 days')""",
        log.key);
    raiseFloors();

    assertEquals(List.of(List.of(partition(3), 1L, false)), retire());
    assertEquals(List.of(), retire());
    assertEquals(
        "a turn is running that began on it or before",
        one(
            superuser,
            "select reason from audit.partition_status where partition = ?",
            partition(2)));
    run(app, "update tidemark.turn set status = 'completed'");
    assertEquals(List.of(List.of(partition(2), 1L, false)), retire());
  }

  @Test
  void todayStaysThoughNoFloorNeedsIt() {
    run(superuser, "select tidemark.raise_floor('s-1', 4, reason => 'ticket 1')");

    assertEquals(2, retire().size() + retire().size());
    assertEquals(List.of(), retire());
    assertEquals(List.of(3L), cursorsIn("event"));
  }

  @Test
  void aSessionThatWasIdleDoesNotKeepTheDaysOfItsSilence() {
    var idle = new TestLog(app, "s-2");
    idle.append("broadcast", "{}", null, daysAgo(3));
    raiseFloors();
    idle.append("broadcast", "{}");

    assertEquals(2, idle.floor());
    assertEquals(1, retire().size());
    nothingIsViolated();
  }

  @Test
  void anOpenAppendIsNotWaitedForAndOthersGoOn() throws Exception {
    raiseFloors();
    try (Connection appender = database.as("tidemark_app");
        Connection other = database.as("tidemark_app")) {
      var slow = new TestLog(appender, "s-2");
      var quick = new TestLog(other, "s-3");
      appender.setAutoCommit(false);
      slow.append("broadcast", "{}");

      assertEquals(List.of(List.of(partition(3), 0L, true)), retire());
      assertEquals(1, quick.append("broadcast", "{}"));
      assertEquals(List.of(1L, 2L, 3L, 1L), cursorsIn("event"));

      appender.commit();
      assertEquals(List.of(List.of(partition(3), 1L, false)), retire());
    }
    nothingIsViolated();
  }

  @Test
  void anAppendToTheDayItselfIsSeenBeforeTheDayMayLeave() throws Exception {
    var late = new TestLog(app, "s-2");
    late.append("broadcast", "{}", null, daysAgo(3));
    raiseFloors();
    try (Connection appender = database.as("tidemark_app")) {
      appender.setAutoCommit(false);
      late.through(appender).append("broadcast", "{}", null, daysAgo(3));

      assertEquals(List.of(List.of(partition(3), 0L, true)), retire());
      appender.commit();
    }

    assertEquals(List.of(), retire());
    raiseFloors();
    assertEquals(List.of(List.of(partition(3), 3L, false)), retire());
    nothingIsViolated();
  }

  @Test
  void aNodeThatDiesBeforeTheCommitLeavesTheDayWhereItWas() throws Exception {
    raiseFloors();
    try (Connection dying = database.as("tidemark_app")) {
      dying.setAutoCommit(false);
      assertEquals(
          false, one(dying, "select busy from tidemark.retire_day('node-1')"), "it was retired");
      Object process = one(dying, "select pg_backend_pid()");
      run(superuser, "select pg_terminate_backend(cast(? as int), 10000)", process);
    }

    assertEquals(List.of(1L, 2L, 3L), cursorsIn("event"));
    assertEquals(1L, one(app, "select count(*) from tidemark.purge_record"));
    nothingIsViolated();
    assertEquals(List.of(List.of(partition(3), 1L, false)), retire());
  }

  @Test
  void aDayIsNotRetiredByWhatAnOldSnapshotSays() throws Exception {
    app.setAutoCommit(false);
    app.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);

    assertEquals(INVALID_TRANSACTION_STATE, assertThrows(SqlFailure.class, this::retire).state());
  }

  @Test
  void aSecondNodeGetsNothingWhileTheFirstIsAtIt() throws Exception {
    raiseFloors();
    try (Connection first = database.as("tidemark_app")) {
      first.setAutoCommit(false);
      run(first, "select pg_advisory_xact_lock(29801, 2)");

      assertEquals(List.of(), retire());
      first.rollback();
      assertEquals(1, retire().size());
    }
  }

  private void raiseFloors() {
    run(app, "select * from tidemark.raise_floors('node-1', '1 day', null, 100)");
  }

  private List<List<Object>> retire() {
    return rows(app, "select partition, rows_removed, busy from tidemark.retire_day('node-1')");
  }

  private List<Object> cursorsIn(String table) {
    return column(superuser, "select cursor from tidemark." + table + " order by history_position");
  }

  private Object misfit() {
    return one(superuser, "select audit.verify_session('s-1')");
  }

  private void nothingIsViolated() {
    assertEquals(List.of(), rows(superuser, "select * from audit.invariant_violations"));
  }

  private Instant daysAgo(int days) {
    return now.minus(Duration.ofDays(days));
  }

  private static String partition(int daysAgo) {
    return "event_"
        + LocalDate.now(ZoneOffset.UTC).minusDays(daysAgo).format(DateTimeFormatter.BASIC_ISO_DATE);
  }
}
