package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * A database whose sessions have events of several days, and the steps of a node's purge: events
 * older than a day leave the replay window, days older than a day leave the history.
 */
final class AgedLog {
  final SchemaDatabase database = SchemaDatabase.fresh();
  final Connection superuser = database.as("postgres");
  final Connection app = database.as("tidemark_app");
  private final Instant now = Instant.now();

  AgedLog() {
    run(app, "set statement_timeout = '20s'");
    run(app, "select tidemark.ensure_partitions(1)");
  }

  /** Creates a session with one event on each of these days; 0 is today. */
  TestLog session(String sessionId, int... daysAgo) {
    var log = new TestLog(app, sessionId);
    for (int day : daysAgo) {
      append(log, day);
    }
    return log;
  }

  void append(TestLog log, int daysAgo) {
    if (daysAgo > 0
        && one(superuser, "select to_regclass(?)::text", "tidemark." + partition(daysAgo))
            == null) {
      run(
          superuser,
          "select tidemark.make_partition((now() at time zone 'UTC')::date - cast(? as int))",
          daysAgo);
    }
    log.append(
        "broadcast", "{\"content\":\"a\\tb\\nc\"}", null, now.minus(Duration.ofDays(daysAgo)));
  }

  List<List<Object>> raiseFloors() {
    return rows(
        app, "select sessions, events from tidemark.raise_floors('node-1', '1 day', null, 100)");
  }

  /** Moves a day to the history; returns its partition, events and busy, or nothing. */
  List<List<Object>> retire() {
    return rows(app, "select partition, rows_removed, busy from tidemark.retire_day('node-1')");
  }

  List<List<Object>> leave() {
    return rows(
        app, "select partition, rows_removed, busy from tidemark.leave_history('node-1', '1 day')");
  }

  List<List<Object>> drop() {
    return rows(
        app, "select partition, rows_removed, busy from tidemark.drop_day('node-1', '1 day')");
  }

  /** Raises floors and moves all days to the history. */
  void retireAll() {
    raiseFloors();
    while (!retire().isEmpty()) {
      // one day for each step
    }
  }

  Object hold(String sessionId) {
    return one(superuser, "select tidemark.place_hold(?, 'the court', 'case 17')", sessionId);
  }

  List<Object> cursorsIn(String table) {
    return column(superuser, "select cursor from tidemark." + table + " order by history_position");
  }

  List<Object> waiting() {
    return column(superuser, "select partition from tidemark.waiting_day order by day");
  }

  void nothingIsViolated() {
    assertEquals(List.of(), rows(superuser, "select * from audit.invariant_violations"));
  }

  static String day(int daysAgo) {
    return LocalDate.now(ZoneOffset.UTC).minusDays(daysAgo).toString();
  }

  static String partition(int daysAgo) {
    return "event_"
        + LocalDate.now(ZoneOffset.UTC).minusDays(daysAgo).format(DateTimeFormatter.BASIC_ISO_DATE);
  }
}
