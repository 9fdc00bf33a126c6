package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionIT {
  private SchemaDatabase database;
  private Connection superuser;
  private Connection app;

  @BeforeEach
  void aDatabaseWithAWeekOfPartitions() {
    database = SchemaDatabase.fresh();
    superuser = database.as("postgres");
    app = database.as("tidemark_app");
    run(app, "select tidemark.ensure_partitions(7)");
  }

  @Test
  void theDaysAheadThatAreMissingAreMade() {
    assertEquals(0, ensure(7));
    assertEquals(2, ensure(9));
    assertEquals(0, ensure(9));

    run(superuser, "drop table " + partitionOfDay(3));
    assertEquals(1, ensure(9));
  }

  @Test
  void aDayIsADayInUtcWhateverTheSessionsSettingsAre() {
    run(superuser, "drop table " + partitionOfDay(7));
    run(app, "set timezone = 'Pacific/Auckland'");
    run(app, "set datestyle = 'ISO, DMY'");

    assertEquals(1, ensure(7));
    assertEquals(
        "FOR VALUES FROM ('%s 00:00:00+00') TO ('%s 00:00:00+00')"
            .formatted(day(7, "YYYY-MM-DD"), day(8, "YYYY-MM-DD")),
        one(
            superuser,
            """
            with utc as materialized (select set_config('timezone', 'UTC', false))
            select pg_get_expr(relpartbound, oid) from pg_class, utc where oid = cast(? as regclass)
            """,
            partitionOfDay(7)));
  }

  @Test
  void everyDayCarriesItsBoundsAsACheckSoThatItCanMoveWithoutAScan() {
    assertEquals(
        List.of(8L, 8L),
        rows(
                superuser,
                """
                select count(*), count(*) filter (where check_of_day = bounds)
                  from (
                    select regexp_replace(pg_get_expr(c.relpartbound, c.oid), '[^0-9]+', ' ', 'g') as bounds,
                           regexp_replace(pg_get_constraintdef(d.oid), '[^0-9]+', ' ', 'g') as check_of_day
                      from pg_inherits i
                      join pg_class c on c.oid = i.inhrelid
                      left join pg_constraint d on d.conrelid = c.oid and d.conname = 'event_day' and d.convalidated
                     where i.inhparent = 'tidemark.event'::regclass and c.relname <> 'event_default'
                  ) partitions
                """)
            .get(0));
  }

  @Test
  void anEventGoesToThePartitionOfItsDay() {
    var log = new TestLog(app, "s-1");
    log.append("broadcast", "{}");
    log.append("broadcast", "{}", null, Instant.now().plus(Duration.ofDays(2)));

    assertEquals(
        List.of(partitionOfDay(0), partitionOfDay(2)),
        column(superuser, "select tableoid::regclass::text from tidemark.event order by cursor"));
  }

  @Test
  void anEventOfADayWithNoPartitionIsTakenAllTheSame() {
    var log = new TestLog(app, "s-1");
    log.append("broadcast", "{}", null, Instant.now().plus(Duration.ofDays(30)));

    assertEquals(1L, one(superuser, "select count(*) from tidemark.event_default"));
    assertEquals(List.of(), column(superuser, "select detail from audit.invariant_violations"));
  }

  @Test
  void aDayThatIsAlreadyInTheDefaultPartitionDoesNotKeepTheOthersFromBeingMade() {
    var log = new TestLog(app, "s-1");
    log.append("broadcast", "{}", null, Instant.now().plus(Duration.ofDays(8)));

    assertEquals(1, ensure(9));
    assertEquals(1L, one(superuser, "select count(*) from tidemark.event_default"));
  }

  @Test
  void aSecondNodeLeavesItToTheFirst() throws Exception {
    try (Connection first = database.as("tidemark_app")) {
      first.setAutoCommit(false);
      run(first, "select pg_advisory_xact_lock(29801, 3)");

      assertEquals(0, ensure(9));
      first.rollback();
      assertEquals(2, ensure(9));
    }
  }

  @Test
  void anOpenTransactionOnTheDefaultPartitionIsNotWaitedForLong() throws Exception {
    try (Connection reader = database.as("postgres")) {
      reader.setAutoCommit(false);
      run(reader, "select from tidemark.event_default");

      assertEquals(0, ensure(8));
      reader.rollback();
      assertEquals(1, ensure(8));
    }
  }

  @Test
  void aReadByCursorWithALowerBoundOfTimeTouchesNoOlderPartition() {
    String plan =
        String.join(
            "\n",
            column(
                    superuser,
                    """
                    explain select * from tidemark.event
                     where session_key = 1 and cursor > 5 and created_at >= now() + interval '6 days'
                     order by cursor limit 100
                    """)
                .stream()
                .map(String::valueOf)
                .toList());

    assertTrue(plan.contains("Subplans Removed: 6"), plan);
  }

  private int ensure(int daysAhead) {
    return (Integer) one(app, "select tidemark.ensure_partitions(?)", daysAhead);
  }

  private String partitionOfDay(int ahead) {
    return "tidemark.event_" + day(ahead, "YYYYMMDD");
  }

  private String day(int ahead, String format) {
    return (String)
        one(
            superuser,
            "select to_char((now() at time zone 'UTC')::date + cast(? as int), ?)",
            ahead,
            format);
  }
}
