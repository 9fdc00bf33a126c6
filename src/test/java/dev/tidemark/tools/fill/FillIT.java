package dev.tidemark.tools.fill;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A filled database is one that a month of use could have left. */
class FillIT {
  private static final long WANTED = 20_000;
  private static final int DAYS = 20;

  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static Month month;
  private static long events;

  @BeforeAll
  static void fill() throws Exception {
    month = new Month(7, WANTED, DAYS, Times.of(Instant.now()));
    events =
        new DatabaseFiller(DATABASE.login("postgres"), month)
            .fill((day, dataset) -> {}, more -> {});
  }

  @Test
  void itHasAsManyEventsAsWereWantedAndNotManyMore() {
    assertEquals(events, one(SUPERUSER, "select count(*) from tidemark.event_all"));
    assertTrue(events >= WANTED && events < WANTED * 1.3, events + " events");
  }

  @Test
  void itBreaksNoInvariant() {
    assertEquals(List.of(), rows(SUPERUSER, "select * from audit.invariant_violations limit 20"));
  }

  @Test
  void everyEventIsInThePartitionOfItsDay() {
    assertEquals(0L, one(SUPERUSER, "select count(*) from tidemark.event_default"));
    assertEquals(
        (long) month.nightlyPurge.retired.size(),
        one(SUPERUSER, "select count(distinct tableoid) from tidemark.event_history"));
  }

  @Test
  void foreignKeysHoldThatWereNotLookedUp() {
    for (String table : List.of("message", "turn", "session_head", "session_state", "legal_hold")) {
      assertEquals(
          0L,
          one(
              SUPERUSER,
              "select count(*) from tidemark.%s t where session_key is not null and not exists (select from tidemark.session s where s.session_key = t.session_key)"
                  .formatted(table)));
    }
  }

  @Test
  void theOrderOfAllEventsIsThatOfTime() {
    assertEquals(
        0L,
        one(
            SUPERUSER,
            "select count(*) from (select created_at < lag(created_at) over (order by history_position) as back from tidemark.event_all) e where back"));
  }

  @Test
  void theGatewaysOwnPurgeFindsTheFloorsWhereTheNightlyPurgesLeftThem() {
    // The nightly purges followed the same rules: only the work since the last night is left.
    assertEquals(
        0L,
        one(
            SUPERUSER,
            """
            select count(*)
              from audit.floor_status
             where oldest_replayable_at < now() - replay_age - interval '24 hours' and holds = '{}'"""));
    assertTrue(
        (long) one(SUPERUSER, "select count(*) from audit.floor_status where holds <> '{}'") > 0);
  }

  @Test
  void whoFillsADatabaseThatIsInUseIsRefused() {
    Month other = new Month(8, 1_000, Month.MIN_DAYS, Times.of(Instant.now()));
    var refused =
        assertThrows(
            IllegalStateException.class,
            () ->
                new DatabaseFiller(DATABASE.login("postgres"), other)
                    .fill((day, dataset) -> {}, more -> {}));
    assertTrue(refused.getMessage().contains("empty"), refused.getMessage());
  }
}
