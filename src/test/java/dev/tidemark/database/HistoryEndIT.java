package dev.tidemark.database;

import static dev.tidemark.database.AgedLog.day;
import static dev.tidemark.database.AgedLog.partition;
import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A day at the end of its history leaves it, waits, and is dropped; the rest verifies. */
class HistoryEndIT {
  private static final String RAISE =
      "select from tidemark.raise_floors('node-1', '1 day', null, 100)";
  private static final String RETIRE = "select from tidemark.retire_day('node-1')";
  private static final String LEAVE = "select from tidemark.leave_history('node-1', '1 day')";
  private static final String DROP = "select from tidemark.drop_day('node-1', '1 day')";

  private AgedLog aged;
  private Connection superuser;
  private TestLog log;

  @BeforeEach
  void aSessionWithEventsOfFourDays() {
    aged = new AgedLog();
    superuser = aged.superuser;
    log = aged.session("s-1", 4, 3, 2, 0);
  }

  @Test
  void theDaysPastTheirHistoryLeaveItOneByOneAndWait() {
    aged.retireAll();

    assertEquals(List.of(List.of(partition(4), 1L, false)), aged.leave());
    assertEquals(List.of(List.of(partition(3), 1L, false)), aged.leave());
    assertEquals(List.of(List.of(partition(2), 1L, false)), aged.leave());
    assertEquals(List.of(), aged.leave());
    assertEquals(List.of(), aged.cursorsIn("event_history"));
    assertEquals(List.of(partition(4), partition(3), partition(2)), aged.waiting());
    assertEquals(1L, one(superuser, "select count(*) from tidemark." + partition(4)));
  }

  @Test
  void aDayWithinItsHistoryStays() {
    aged.retireAll();

    assertEquals(
        List.of(), rows(aged.app, "select * from tidemark.leave_history('node-1', '10 days')"));
    run(
        superuser,
        "select tidemark.set_retention_policy('the law', tenant => 'another', history_age => '10 days')");
    assertEquals(List.of(), aged.leave());
  }

  @Test
  void aDayThatIsStillInTheLogDoesNotLeaveTheHistory() {
    assertEquals(List.of(), aged.leave());
  }

  @Test
  void whatRemainsVerifiesFromTheNewestEventThatLeft() {
    Object hash = one(aged.app, "select chain_hash::text from tidemark.event where cursor = 2");
    aged.retireAll();
    aged.leave();
    aged.leave();

    assertEquals(
        List.of(List.of(log.key, 2L, hash)),
        rows(superuser, "select session_key, cursor, chain_hash::text from tidemark.chain_anchor"));
    assertEquals(List.of(3L, 4L), aged.cursorsIn("event_all"));
    aged.nothingIsViolated();
    run(superuser, "update tidemark.event_history set payload = '{}' where cursor = 3");
    assertEquals(3L, one(superuser, "select audit.verify_session('s-1')"));
  }

  @Test
  void theAnchorNeverGoesBack() {
    aged.retireAll();
    Object hold = aged.hold("s-1");
    var other = aged.session("s-2", 2);
    aged.raiseFloors();
    run(superuser, "select tidemark.lift_hold(?, 'settled')", hold);
    run(superuser, "select tidemark.anchor_chains(?)", partition(3));
    run(superuser, "select tidemark.anchor_chains(?)", partition(4));

    assertEquals(
        List.of(2L),
        column(
            superuser,
            "select cursor from tidemark.chain_anchor where session_key <> ?",
            other.key));
  }

  @Test
  void aDroppedDayIsGoneAndItsRecordsSayWhatItWas() {
    aged.retireAll();
    aged.leave();
    assertEquals(List.of(List.of(partition(4), 1L, false)), aged.drop());
    assertEquals(List.of(), aged.drop());

    assertEquals(List.of(), aged.waiting());
    assertEquals(List.of(2L, 3L, 4L), aged.cursorsIn("event_all"));
    assertEquals(
        List.of("retire 1", "leave 1", "drop 1"),
        column(
            superuser,
            "select step || ' ' || rows_removed from audit.purge_history where day = cast(? as date) order by purge_id",
            day(4)));
    assertEquals(
        List.of("dropped"),
        column(
            superuser,
            "select place from audit.partition_status where day = cast(? as date)",
            day(4)));
    aged.nothingIsViolated();
  }

  @Test
  void aDayThatWaitsIsNotDroppedOnceAPolicyKeepsItLonger() {
    aged.retireAll();
    aged.leave();
    run(
        superuser,
        "select tidemark.set_retention_policy('the law', tenant => 'another', history_age => '1 year')");

    assertEquals(List.of(), aged.drop());
    assertEquals(List.of(partition(4)), aged.waiting());
  }

  /** A table that was detached by hand is not dropped: the reason is unknown. */
  @Test
  void aTableThatOnlyLooksLikeADayThatWaitsIsLeftAlone() {
    run(superuser, "alter table tidemark.event detach partition tidemark." + partition(4));

    assertEquals(List.of(), aged.drop());
    assertEquals(1L, one(superuser, "select count(*) from tidemark." + partition(4)));
  }

  @ParameterizedTest
  @ValueSource(strings = {RAISE, RETIRE, LEAVE, DROP})
  void aNodeThatDiesInAStepLeavesAllWholeAndTheNextGoesOn(String dyingIn) throws Exception {
    List<String> before = List.of(RAISE, RETIRE, LEAVE, DROP);
    before.subList(0, before.indexOf(dyingIn)).forEach(step -> run(aged.app, step));
    List<List<Object>> was = everything();

    try (Connection dying = aged.database.as("tidemark_app")) {
      dying.setAutoCommit(false);
      run(dying, dyingIn);
      Object process = one(dying, "select pg_backend_pid()");
      run(superuser, "select pg_terminate_backend(cast(? as int), 10000)", process);
    }

    assertEquals(was, everything());
    aged.nothingIsViolated();
    aged.retireAll();
    for (int days = 0; days < 3; days++) {
      aged.leave();
      aged.nothingIsViolated();
      aged.drop();
    }
    assertEquals(List.of(4L), aged.cursorsIn("event_all"));
    assertEquals(List.of(3L), column(superuser, "select cursor from tidemark.chain_anchor"));
    assertEquals(List.of(), aged.waiting());
    aged.nothingIsViolated();
  }

  /** Only queries of the history wait while a day leaves it. */
  @Test
  void anAppendGoesOnWhileADayWaitsToLeaveTheHistory() throws Exception {
    aged.retireAll();
    // Long enough for this test to see the wait.
    run(
        superuser,
        "alter function tidemark.leave_history(text, interval) set lock_timeout = '20s'");
    try (Connection reader = aged.database.as("postgres")) {
      reader.setAutoCommit(false);
      run(reader, "select from tidemark.event_history");
      CompletableFuture<List<List<Object>>> leaving = CompletableFuture.supplyAsync(aged::leave);
      await().until(this::somebodyWaits);

      try (Connection appender = aged.database.as("tidemark_app")) {
        run(appender, "set lock_timeout = '10ms'");
        assertEquals(5, log.through(appender).append("broadcast", "{}"));
        assertEquals(
            List.of(4L, 5L),
            column(appender, "select cursor from tidemark.event where cursor > 3 order by cursor"));
      }
      assertTrue(somebodyWaits());
      reader.commit();
      assertEquals(List.of(List.of(partition(4), 1L, false)), leaving.get(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void aDayWhoseTableIsReadIsNotWaitedForLong() throws Exception {
    aged.retireAll();
    try (Connection reader = aged.database.as("postgres")) {
      reader.setAutoCommit(false);
      run(reader, "select from tidemark.event_history");
      assertEquals(List.of(List.of(partition(4), 0L, true)), aged.leave());
      reader.commit();
      aged.leave();
      run(reader, "select from tidemark." + partition(4));
      assertEquals(List.of(List.of(partition(4), 0L, true)), aged.drop());
    }
    assertEquals(List.of(partition(4)), aged.waiting());
    aged.nothingIsViolated();
  }

  /**
   * An append that comes while the purge waits for the log's lock queues behind the purge for at
   * most the 5 ms of that wait. Here both try again and again.
   */
  @Test
  void appendsGoOnWhileADayTriesAgainAndAgainToLeaveTheLog() throws Exception {
    aged.raiseFloors();
    try (Connection reader = aged.database.as("postgres");
        Connection appender = aged.database.as("tidemark_app")) {
      reader.setAutoCommit(false);
      run(reader, "select from tidemark.event");
      TestLog appending = log.through(appender);
      // The limit is for the whole wait; a loaded machine may compute as long as it needs.
      run(appender, "set lock_timeout = '1s'");
      CompletableFuture<List<Object>> tries =
          CompletableFuture.supplyAsync(
              () -> {
                List<Object> busy = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                  busy.add(aged.retire().get(0).get(2));
                }
                return busy;
              });
      long appended = 0;
      while (!tries.isDone()) {
        appending.append("broadcast", "{}");
        appended++;
      }

      assertEquals(List.of(true), tries.get().stream().distinct().toList());
      assertTrue(appended > 0);
      assertEquals(4 + appended, appending.append("broadcast", "{}") - 1);
      reader.commit();
    }
    assertEquals(List.of(List.of(partition(4), 1L, false)), aged.retire());
  }

  @Test
  void anInvalidAgeIsRefused() {
    for (String age : List.of("null", "'-1 day'")) {
      assertEquals(
          "22023",
          assertThrows(
                  SqlFailure.class,
                  () -> run(aged.app, "select from tidemark.leave_history('n', " + age + ")"))
              .state());
    }
  }

  private List<List<Object>> everything() {
    return rows(
        superuser,
        """
        select (select floor_cursor from tidemark.session_head),
               (select array_agg(cursor order by cursor)::text from tidemark.event),
               (select array_agg(cursor order by cursor)::text from tidemark.event_history),
               (select array_agg(cursor)::text from tidemark.chain_anchor),
               (select array_agg(partition)::text from tidemark.waiting_day),
               (select count(*) from tidemark.purge_record),
               (select count(*) from pg_class where relname ~ '^event_[0-9]{8}$')
        """);
  }

  private boolean somebodyWaits() {
    return one(
            superuser,
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = ?",
            aged.database.name())
        .equals(1L);
  }
}
