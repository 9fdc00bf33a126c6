package dev.tidemark.database;

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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No purge touches events on hold. */
class HoldIT {
  private static final String NOT_NOW = "55000";

  private AgedLog aged;
  private Connection superuser;
  private TestLog held;
  private TestLog other;

  @BeforeEach
  void twoSessions() {
    aged = new AgedLog();
    superuser = aged.superuser;
    held = aged.session("s-1", 4, 2, 0);
    other = aged.session("s-2", 4, 3, 0);
  }

  @Test
  void noFloorOfAHeldSessionRises() {
    aged.hold("s-1");

    assertEquals(List.of(List.of(1, 2L)), aged.raiseFloors());
    assertEquals(1, held.floor());
    assertEquals(3, other.floor());
  }

  @Test
  void theDbaCannotRaiseItEither() {
    aged.hold("s-1");

    SqlFailure refused =
        assertThrows(
            SqlFailure.class,
            () -> run(superuser, "select tidemark.raise_floor('s-1', 2, reason => 'ticket 1')"));
    assertEquals(NOT_NOW, refused.state());
    assertTrue(
        refused.getMessage().contains("hold 1 is on session s-1 of tenant default"),
        refused.getMessage());
    assertEquals(1, held.floor());
  }

  @Test
  void aHoldOnATenantIsOnAllItsSessionsAlsoThoseToCome() {
    run(superuser, "select tidemark.place_hold(null, 'the court', 'case 17', 'default')");
    TestLog later = aged.session("s-3", 3);

    assertEquals(List.of(Arrays.asList(0, 0L)), aged.raiseFloors());
    assertEquals(List.of(1L, 1L, 1L), List.of(held.floor(), other.floor(), later.floor()));
    assertEquals(List.of(), aged.retire());
  }

  @Test
  void onlyTheDaysWithItsEventsStay() {
    aged.hold("s-1");
    aged.raiseFloors();

    assertEquals(List.of(List.of(partition(3), 1L, false)), aged.retire());
    assertEquals(List.of(), aged.retire());
    aged.nothingIsViolated();
  }

  @Test
  void aDayOfTheHistoryStaysThereAndOthersPass() {
    aged.retireAll();
    aged.hold("s-1");

    assertEquals(List.of(List.of(partition(3), 1L, false)), aged.leave());
    assertEquals(List.of(), aged.leave());
    aged.nothingIsViolated();
  }

  @Test
  void aDayThatWaitsIsNotDroppedAndCanBeTakenBack() {
    aged.retireAll();
    aged.leave();
    aged.hold("s-1");

    assertEquals(List.of(partition(4)), aged.waiting());
    assertEquals(List.of(), aged.drop());
    run(superuser, "select tidemark.return_day(cast(? as date))", AgedLog.day(4));
    assertEquals(List.of(), aged.waiting());
    assertEquals(
        3L,
        one(superuser, "select count(*) from tidemark.event_all where session_key = ?", held.key));
    aged.nothingIsViolated();
    assertEquals(List.of(List.of(partition(3), 1L, false)), aged.leave());
  }

  @Test
  void aLiftedHoldKeepsNothingAndItsRowSaysWhy() {
    Object hold = aged.hold("s-1");
    run(superuser, "select tidemark.lift_hold(?, 'settled')", hold);

    aged.raiseFloors();
    assertEquals(3, held.floor());
    assertEquals(
        List.of(List.of("the court", "case 17", "postgres", "postgres", "settled", "lifted")),
        rows(
            aged.database.as("tidemark_auditor"),
            "select asked_by, reason, placed_by, lifted_by, lift_reason, status from audit.hold_history"));
    assertEquals(List.of(), rows(superuser, "select * from audit.current_holds"));
  }

  @Test
  void aHoldEndsByItselfWhenItWasSaidTo() {
    run(
        superuser,
        "select tidemark.place_hold('s-1', 'the court', 'case 17', ends_at => now() + interval '1 day')");
    aged.raiseFloors();
    assertEquals(1, held.floor());

    // As if it were the day after; the guard against changes would refuse to change a hold.
    run(superuser, "alter table tidemark.legal_hold disable trigger user");
    run(superuser, "update tidemark.legal_hold set ends_at = now() - interval '1 second'");
    aged.raiseFloors();
    assertEquals(3, held.floor());
    assertEquals(List.of("ended"), column(superuser, "select status from audit.hold_history"));
  }

  @Test
  void twoHoldsAreLiftedOneByOne() {
    Object first = aged.hold("s-1");
    aged.hold("s-1");
    run(superuser, "select tidemark.lift_hold(?, 'settled')", first);

    aged.raiseFloors();
    assertEquals(1, held.floor());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          P0002 | place_hold('nobody', 'x', 'x')
          P0002 | place_hold('s-1', 'x', 'x', 'another')
          P0002 | place_hold(null, 'x', 'x', 'another')
          22023 | place_hold('s-1', ' ', 'x')
          22023 | place_hold('s-1', 'x', null)
          22023 | place_hold('s-1', 'x', 'x', ends_at => now() - interval '1 day')
          P0002 | lift_hold(99, 'x')
          22023 | lift_hold(1, '')
          """)
  void invalidArgumentsAreRefused(String state, String call) {
    assertEquals(
        state,
        assertThrows(SqlFailure.class, () -> run(superuser, "select tidemark." + call)).state());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          delete from tidemark.legal_hold
          truncate tidemark.legal_hold
          update tidemark.legal_hold set reason = 'another'
          update tidemark.legal_hold set lifted_at = null, lifted_by = null, lift_reason = null
          """)
  void noHoldIsChangedButByLiftingItOnce(String sql) {
    run(superuser, "select tidemark.lift_hold(?, 'settled')", aged.hold("s-1"));

    assertEquals(NOT_NOW, assertThrows(SqlFailure.class, () -> run(superuser, sql)).state());
    assertEquals("P0002", refusalOfLifting());
  }

  private String refusalOfLifting() {
    return assertThrows(
            SqlFailure.class, () -> run(superuser, "select tidemark.lift_hold(1, 'again')"))
        .state();
  }

  /** The step came first: the hold waits for its commit and keeps the rest. */
  @Test
  void aHoldThatComesWhileFloorsRiseWaitsForThemAndKeepsTheRest() throws Exception {
    try (Connection purge = aged.database.as("tidemark_app")) {
      purge.setAutoCommit(false);
      run(purge, "select from tidemark.raise_floors('node-1', '3 days', null, 100)");
      CompletableFuture<Object> hold =
          CompletableFuture.supplyAsync(
              () ->
                  one(
                      aged.database.as("postgres"),
                      "select tidemark.place_hold('s-1', 'the court', 'case 17')"));
      await().until(this::somebodyWaits);
      purge.commit();

      assertEquals(1L, hold.get(10, TimeUnit.SECONDS));
    }
    assertEquals(2, held.floor());
    aged.raiseFloors();
    assertEquals(2, held.floor());
  }

  /** The hold came first: no step begins before it is committed, and the next step sees it. */
  @Test
  void aPurgeThatComesWhileAHoldIsPlacedDoesNothingAndThenKeepsToIt() throws Exception {
    try (Connection dba = aged.database.as("postgres")) {
      dba.setAutoCommit(false);
      run(dba, "select tidemark.place_hold('s-1', 'the court', 'case 17')");

      assertEquals(List.of(), aged.raiseFloors());
      assertEquals(List.of(), aged.retire());
      assertEquals(List.of(), aged.leave());
      assertEquals(List.of(), aged.drop());
      dba.commit();
    }
    assertEquals(List.of(List.of(1, 2L)), aged.raiseFloors());
    assertEquals(1, held.floor());
  }

  @Test
  void theDbaWaitsWithAFloorForAHoldThatIsBeingPlaced() throws Exception {
    try (Connection dba = aged.database.as("postgres");
        Connection another = aged.database.as("postgres")) {
      dba.setAutoCommit(false);
      run(dba, "select tidemark.place_hold('s-1', 'the court', 'case 17')");
      CompletableFuture<SqlFailure> refused =
          CompletableFuture.supplyAsync(
              () ->
                  assertThrows(
                      SqlFailure.class,
                      () ->
                          run(
                              another,
                              "select tidemark.raise_floor('s-1', 2, reason => 'ticket 1')")));
      await().until(this::somebodyWaits);
      dba.commit();

      assertEquals(NOT_NOW, refused.get(10, TimeUnit.SECONDS).state());
    }
  }

  @Test
  void noStepGoesByWhatAnOldSnapshotSaysOfHolds() throws Exception {
    aged.app.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);

    assertEquals("25000", assertThrows(SqlFailure.class, aged::raiseFloors).state());
    assertEquals("25000", assertThrows(SqlFailure.class, aged::leave).state());
    assertEquals("25000", assertThrows(SqlFailure.class, aged::drop).state());
  }

  private boolean somebodyWaits() {
    return one(
            superuser,
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = ?",
            aged.database.name())
        .equals(1L);
  }
}
