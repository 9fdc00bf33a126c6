package dev.tidemark.database;

import static dev.tidemark.database.AgedLog.day;
import static dev.tidemark.database.AgedLog.partition;
import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The DBA lets a day leave before its time, with a reason. */
class DayByHandIT {
  private AgedLog aged;

  @BeforeEach
  void aSessionWithEventsOfThreeDays() {
    aged = new AgedLog();
    aged.session("s-1", 4, 3, 0);
  }

  @Test
  void aDayLeavesTheHistoryAndIsDroppedWithItsReasonInTheRecord() {
    aged.retireAll();

    assertEquals(1L, leave(4, "ticket 1"));
    assertEquals(List.of(partition(4)), aged.waiting());
    aged.nothingIsViolated();
    assertEquals(1L, drop(4, "ticket 2"));

    assertEquals(List.of(), aged.waiting());
    assertEquals(
        List.of(List.of("leave", "postgres", "ticket 1"), List.of("drop", "postgres", "ticket 2")),
        rows(
            aged.superuser,
            "select step, node, reason from audit.purge_history where reason is not null order by purge_id"));
    assertEquals(null, one(aged.superuser, "select audit.verify_session('s-1')"));
    aged.nothingIsViolated();
  }

  /** Every command of the page, in its order, from a log that no purge has touched. */
  @Test
  void aDayLeavesTheLogWithTheDaysBeforeIt() {
    TestLog other = aged.session("s-2", 3, 2);
    run(aged.superuser, "call tidemark.leave_log(cast(? as date), 'ticket 0')", day(3));

    assertEquals(
        List.of(partition(4), partition(3)),
        column(aged.superuser, "select partition from tidemark.days_of('tidemark.event_history')"));
    assertEquals(
        List.of(List.of("s-1", 3L, "ticket 0"), List.of("s-2", 2L, "ticket 0")),
        rows(
            aged.superuser,
            """
            select session_id, floor_after, reason from audit.purge_history
             where step = 'floors' and day is null order by session_id"""));
    assertEquals(2, other.floor());
    assertEquals(1L, leave(4, "ticket 1"));
    assertEquals(2L, leave(3, "ticket 1"));
    aged.nothingIsViolated();
  }

  @Test
  void sessionsAreTakenInBatches() {
    aged.session("s-2", 4);
    aged.session("s-3", 4);
    String sql =
        "select sessions, done_to from tidemark.raise_floors_of_day(cast(? as date), 'x', 2, ?)";

    assertEquals(List.of(List.of(2, 2L)), rows(aged.superuser, sql, day(4), 0L));
    assertEquals(List.of(Arrays.asList(1, null)), rows(aged.superuser, sql, day(4), 2L));
    assertEquals(List.of(Arrays.asList(0, null)), rows(aged.superuser, sql, day(4), 0L));
  }

  @Test
  void aDayThatCannotLeaveTheLogSaysWhy() {
    assertTrue(refusal(() -> leaveLog(0, "x")).contains("is not over"));
    assertTrue(refusal(() -> leaveLog(9, "x")).contains("is not in the log"));
    assertTrue(refusal(() -> leaveLog(4, " ")).contains("needs a reason"));
    aged.hold("s-1");
    assertTrue(refusal(() -> leaveLog(4, "x")).contains("is kept by holds"));
  }

  @Test
  void theOldestLeavesFirst() {
    aged.retireAll();
    assertTrue(refusal(() -> leave(3, "x")).contains("is older and still in the history"));

    leave(4, "x");
    leave(3, "x");
    assertEquals(List.of(partition(4), partition(3)), aged.waiting());
  }

  @Test
  void aDayWithAHoldStays() {
    aged.retireAll();
    Object hold = aged.hold("s-1");
    assertTrue(refusal(() -> leave(4, "x")).contains("is kept by holds"));

    run(aged.superuser, "select tidemark.lift_hold(?, 'settled')", hold);
    leave(4, "x");
    aged.hold("s-1");
    assertTrue(refusal(() -> drop(4, "x")).contains("is kept by holds"));
    assertEquals(List.of(partition(4)), aged.waiting());
  }

  @Test
  void aRefusalSaysWhatToDo() {
    assertTrue(refusal(() -> leave(4, "x")).contains("It is in the log: call tidemark.leave_log"));
    aged.retireAll();
    assertTrue(refusal(() -> leave(4, " ")).contains("needs a reason"));
    assertTrue(refusal(() -> drop(4, "x")).contains("there is no waiting day"));
    leave(4, "x");
    assertTrue(refusal(() -> leave(4, "x")).contains("It waits already"));
    assertTrue(refusal(() -> drop(4, null)).contains("needs a reason"));
  }

  @Test
  void aWrongWordForTheEndOfHistoryIsAnError() {
    assertTrue(
        refusal(
                () ->
                    run(
                        aged.superuser,
                        "select from tidemark.purge_preview('1 day', 1, '1 day', 'dropp')"))
            .contains("history_end is keep, archive or drop, not \"dropp\""));
    assertTrue(
        refusal(
                () ->
                    run(
                        aged.superuser,
                        "select from tidemark.purge_preview('-1 day', 1, '1 day', 'drop')"))
            .contains("cannot be negative"));
  }

  private void leaveLog(int daysAgo, String reason) {
    run(aged.superuser, "call tidemark.leave_log(cast(? as date), ?)", day(daysAgo), reason);
  }

  private Object leave(int daysAgo, String reason) {
    return one(
        aged.superuser, "select tidemark.leave_day(cast(? as date), ?)", day(daysAgo), reason);
  }

  private Object drop(int daysAgo, String reason) {
    return one(
        aged.superuser,
        "select tidemark.drop_waiting_day(cast(? as date), ?)",
        day(daysAgo),
        reason);
  }

  private static String refusal(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(SqlFailure.class, call).getMessage();
  }
}
