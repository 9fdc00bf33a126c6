package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FloorIT {
  private static final int UNLIMITED = 1_000_000;
  private static final List<List<Object>> NOTHING_TO_DO = List.of(Arrays.asList(null, 0, 0L));

  private final Instant now = Instant.now();
  private final Instant longAgo = now.minus(Duration.ofDays(8));

  private SchemaDatabase database;
  private Connection superuser;
  private Connection app;
  private TestLog log;

  @BeforeEach
  void aSession() {
    database = SchemaDatabase.fresh();
    superuser = database.as("postgres");
    app = database.as("tidemark_app");
    run(app, "set statement_timeout = '10s'");
    log = new TestLog(app, "s-1");
  }

  @Test
  void eventsOlderThanTheWindowPassBelowTheFloor() {
    append(3, longAgo);
    append(2, now);

    assertEquals(List.of(List.of(1L, 1, 3L)), raise(UNLIMITED));
    assertEquals(4, log.floor());
  }

  @Test
  void whenAllIsTooOldTheFloorIsJustAboveTheHead() {
    append(3, longAgo);

    raise(UNLIMITED);

    assertEquals(4, log.floor());
  }

  @Test
  void theTimeOfTheFloorIsThatOfTheEventAtIt() {
    append(3, longAgo);
    append(2, now);
    raise(UNLIMITED);

    assertEquals(timeOfEvent(4), timeOfTheFloor());
  }

  @Test
  void theTimeOfAFloorAboveTheHeadIsThatOfTheNewestEvent() {
    append(2, longAgo);
    raise(UNLIMITED);

    assertEquals(timeOfEvent(2), timeOfTheFloor());
  }

  @Test
  void theTimeFollowsAloneWhereSomethingNewCameAfterASilence() {
    append(2, longAgo);
    raise(UNLIMITED);
    append(1, now);

    assertEquals(NOTHING_TO_DO, raise(UNLIMITED));
    assertEquals(3, log.floor());
    assertEquals(timeOfEvent(3), timeOfTheFloor());
    assertEquals(1L, one(app, "select count(*) from tidemark.purge_record"));
  }

  @Test
  void theDbaMovesTheTimeWithTheFloor() {
    append(1, longAgo);
    append(1, now);

    run(superuser, "select tidemark.raise_floor('s-1', 2, reason => 'ticket 1')");

    assertEquals(timeOfEvent(2), timeOfTheFloor());
  }

  @Test
  void theReasonOfTheDbaIsInTheRecord() {
    append(1, now);

    run(superuser, "select tidemark.raise_floor('s-1', 2, reason => 'ticket 12')");

    assertEquals(
        List.of(List.of("postgres", "ticket 12")),
        rows(superuser, "select node, reason from audit.purge_history"));
  }

  @Test
  void theDbaHasToGiveAReasonAndAnEarlierApplicationHasNone() {
    append(2, now);

    assertEquals("22023", refusal("select tidemark.raise_floor('s-1', 2)"));
    assertEquals("22023", refusal("select tidemark.raise_floor('s-1', 2, reason => ' ')"));
    assertEquals(1, log.floor());
    assertEquals(2L, one(app, "select tidemark.raise_floor('s-1', 2)"));
  }

  @Test
  void theEventsOfTheWindowStay() {
    append(3, now.minus(Duration.ofDays(6)));

    assertEquals(NOTHING_TO_DO, raise(UNLIMITED));
    assertEquals(1, log.floor());
  }

  @Test
  void noMoreEventsStayThanTheLimit() {
    append(5, now);

    assertEquals(NOTHING_TO_DO, raise(5));
    assertEquals(List.of(List.of(1L, 1, 1L)), raise(4));
    assertEquals(2, log.floor());
    raise(0);
    assertEquals(6, log.floor());
  }

  @Test
  void deltasOfAFinishedTurnDoNotPushOutWhatMatters() {
    append(3, now);
    UUID turn = log.turn("completed");
    for (String delta :
        List.of("token_stream", "reasoning_stream", "tool_call_stream", "tool_result_stream")) {
      log.append(delta, "{}", turn, now);
    }
    log.append("response", "{}", turn, now);

    assertEquals(NOTHING_TO_DO, raise(4));
    raise(3);
    assertEquals(2, log.floor());
  }

  @Test
  void deltasOfTheRunningTurnCount() {
    append(3, now);
    UUID turn = log.turn("running");
    log.append("token_stream", "{}", turn, now);
    log.append("token_stream", "{}", turn, now);

    assertEquals(NOTHING_TO_DO, raise(5));
    raise(3);
    assertEquals(3, log.floor());
  }

  @Test
  void deltasOutsideAnyTurnCount() {
    append(3, now);
    log.append("token_stream", "{}", null, now);

    raise(3);
    assertEquals(2, log.floor());
  }

  /** It raises a floor over all that it saw, and a purge may have been faster. */
  @Test
  void theApplicationMayComeTooLateUnderAnyName() throws Exception {
    append(5, now);
    run(superuser, "select tidemark.raise_floor('s-1', 4, reason => 'ticket 1')");
    run(superuser, "create role gateway_2 login password 'none' in role tidemark_app");
    try (Connection other = database.as("gateway_2")) {
      assertEquals(4L, one(app, "select tidemark.raise_floor('s-1', 2)"));
      assertEquals(4L, one(other, "select tidemark.raise_floor('s-1', 2)"));
    } finally {
      run(superuser, "drop role gateway_2");
    }
  }

  @Test
  void theFloorNeverFalls() {
    append(5, now);
    raise(2);
    assertEquals(4, log.floor());

    assertEquals(NOTHING_TO_DO, raise(UNLIMITED));
    assertEquals(4, log.floor());
    assertEquals(4L, one(superuser, "select tidemark.raise_floor('s-1', 4, reason => 'ticket 1')"));
    SqlFailure lower =
        assertThrows(
            SqlFailure.class,
            () -> run(superuser, "select tidemark.raise_floor('s-1', 2, reason => 'ticket 1')"));
    assertTrue(lower.getMessage().contains("a floor never falls: it is at 4"), lower.getMessage());
    assertEquals(4, log.floor());
  }

  @Test
  void noLimitMeansThatTheFloorStays() {
    append(3, longAgo);

    assertEquals(
        NOTHING_TO_DO,
        rows(
            app,
            "select purge_id, sessions, events from tidemark.raise_floors('n', null, null, 100)"));
  }

  @Test
  void aRaisedFloorDeletesNothing() {
    append(3, longAgo);
    raise(UNLIMITED);

    assertEquals(3L, one(app, "select count(*) from tidemark.event"));
    assertEquals(List.of(), rows(superuser, "select * from audit.invariant_violations"));
  }

  @Test
  void oneRunWritesOneRecordOfAllItDid() {
    var other = new TestLog(app, "s-2");
    append(2, longAgo);
    other.append("broadcast", "{}", null, longAgo);

    assertEquals(List.of(List.of(1L, 2, 3L)), raise(UNLIMITED));

    assertEquals(
        List.of(List.of("node-1", 2, 3L, true, 604800, UNLIMITED, "[[1, 1, 3], [2, 1, 2]]", 0L)),
        rows(
            app,
            """
            select node, sessions, events, duration_ms > 0, (policy->>'replay_age_seconds')::numeric::int,
                   (policy->>'replay_events')::int,
                   (select jsonb_agg(jsonb_build_array(f->'session_key', f->'before', f->'after'))
                      from jsonb_array_elements(floors) f)::text,
                   rows_removed
              from tidemark.purge_record
            """));
  }

  @Test
  void aRunThatDidNothingWritesNoRecord() {
    append(1, now);
    raise(UNLIMITED);

    assertEquals(0L, one(app, "select count(*) from tidemark.purge_record"));
  }

  @Test
  void oneRunTouchesNoMoreSessionsThanItWasTold() {
    append(1, longAgo);
    new TestLog(app, "s-2").append("broadcast", "{}", null, longAgo);
    String raiseOne = "select sessions from tidemark.raise_floors('n', '7 days', null, 1)";

    assertEquals(1, one(app, raiseOne));
    assertEquals(1, one(app, raiseOne));
    assertEquals(0, one(app, raiseOne));
  }

  @Test
  void aPassGoesOnWhereTheLastBatchEnded() {
    append(1, longAgo);
    new TestLog(app, "s-2").append("broadcast", "{}", null, longAgo);
    new TestLog(app, "s-3").append("broadcast", "{}", null, longAgo);

    assertEquals(List.of(List.of(2, 2L)), raiseTwo(0));
    assertEquals(List.of(Arrays.asList(1, null)), raiseTwo(2));
    assertEquals(List.of(Arrays.asList(0, null)), raiseTwo(0));
  }

  @Test
  void aSessionThatIsBeingAppendedToBeginsTheNextBatchAndIsWaitedForThere() throws Exception {
    append(1, longAgo);
    var busy = new TestLog(app, "s-2");
    busy.append("broadcast", "{}", null, longAgo);
    new TestLog(app, "s-3").append("broadcast", "{}", null, longAgo);
    // Long enough for this test to see the wait.
    run(
        superuser,
        "alter function tidemark.raise_floors(text, interval, bigint, int, bigint) set lock_timeout = '10s'");
    try (Connection appender = database.as("tidemark_app")) {
      appender.setAutoCommit(false);
      busy.through(appender).append("broadcast", "{}", null, longAgo);

      assertEquals(
          List.of(List.of(2, 1L)),
          rows(
              app,
              "select sessions, done_to from tidemark.raise_floors('n', '7 days', null, 100)"));
      CompletableFuture<List<List<Object>>> next = CompletableFuture.supplyAsync(() -> raiseTwo(1));
      await().until(this::somebodyWaits);
      appender.commit();

      assertEquals(List.of(Arrays.asList(1, null)), next.get(10, TimeUnit.SECONDS));
    }
    // The event that was appended meanwhile is left for the next run.
    assertEquals(2, busy.floor());
  }

  @Test
  void aSecondNodeGetsNothingWhileTheFirstIsAtIt() throws Exception {
    append(1, longAgo);
    try (Connection first = database.as("tidemark_app")) {
      first.setAutoCommit(false);
      run(first, "select pg_advisory_xact_lock(29801, 2)");

      assertEquals(List.of(), raise(UNLIMITED));
      first.rollback();
      assertEquals(1, raise(UNLIMITED).size());
    }
  }

  @Test
  void aSessionThatIsBeingAppendedToIsLeftForTheNextRun() throws Exception {
    append(1, longAgo);
    try (Connection appender = database.as("tidemark_app")) {
      appender.setAutoCommit(false);
      run(appender, "select from tidemark.session_head where session_key = ? for update", log.key);

      assertEquals(NOTHING_TO_DO, raise(UNLIMITED));
      appender.rollback();
      raise(UNLIMITED);
      assertEquals(2, log.floor());
    }
  }

  @Test
  void aHoleAtTheFloorIsNotCoveredUp() {
    append(2, longAgo);
    append(1, now);
    run(superuser, "delete from tidemark.event where cursor = 1");

    assertEquals(NOTHING_TO_DO, raise(UNLIMITED));
  }

  @Test
  void theDbaRaisesOneFloorAndLeavesARecord() {
    append(3, now);

    assertEquals(4L, one(superuser, "select tidemark.raise_floor('s-1', 4, reason => 'ticket 1')"));

    assertEquals(4, log.floor());
    assertEquals(
        List.of(List.of("postgres", 1, 3L)),
        rows(app, "select node, sessions, events from tidemark.purge_record"));
  }

  @Test
  void theDbaCannotRaiseAFloorAboveTheLogOrOfNoSession() {
    assertEquals("22023", refusal("select tidemark.raise_floor('s-1', 2, reason => 'ticket 1')"));
    assertEquals("P0002", refusal("select tidemark.raise_floor('s-9', 1, reason => 'ticket 1')"));
    assertEquals(
        "P0002", refusal("select tidemark.raise_floor('s-1', 1, 'another tenant', 'ticket 1')"));
  }

  private Object timeOfEvent(long cursor) {
    return one(app, "select created_at from tidemark.event where cursor = ?", cursor);
  }

  private Object timeOfTheFloor() {
    return one(app, "select floor_at from tidemark.session_head where session_key = ?", log.key);
  }

  private String refusal(String sql) {
    return assertThrows(SqlFailure.class, () -> run(superuser, sql)).state();
  }

  private List<List<Object>> raise(int events) {
    return rows(
        app,
        "select purge_id, sessions, events from tidemark.raise_floors('node-1', '7 days', ?::bigint, 100)",
        events);
  }

  private List<List<Object>> raiseTwo(long aboveKey) {
    return rows(
        app,
        "select sessions, done_to from tidemark.raise_floors('n', '7 days', null, 2, ?)",
        aboveKey);
  }

  private boolean somebodyWaits() {
    return one(
            superuser,
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = ?",
            database.name())
        .equals(1L);
  }

  private void append(int times, Instant at) {
    Collections.nCopies(times, at).forEach(when -> log.append("broadcast", "{}", null, when));
  }
}
