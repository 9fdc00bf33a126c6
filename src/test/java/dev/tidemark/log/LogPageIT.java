package dev.tidemark.log;

import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.wire.EventFrame;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** One statement reads a page of the log and the position of its session. */
final class LogPageIT {
  private static final int PAYLOAD_BYTES = "{\"content\":\"0123456789\"}".length();
  private static final Pattern SCAN =
      Pattern.compile("on event_(\\d{8}|default).*\\((actual|never executed)");

  private static final Pattern ROWS = Pattern.compile("actual rows=(\\d+)");

  private static final Connection CONNECTION = SchemaDatabase.fresh().as("postgres");

  @Test
  void itIsCutByEventsAndByBytesAndHoldsOneEventInAnyCase() throws SQLException {
    QuickLog log = withBroadcasts(5);
    assertEquals(List.of(2L, 3L), page(log, 2, 2, 1_000));
    assertEquals(List.of(2L, 3L, 4L), page(log, 2, 10, 3L * PAYLOAD_BYTES));
    assertEquals(List.of(2L, 3L), page(log, 2, 10, 3L * PAYLOAD_BYTES - 1));
    assertEquals(List.of(5L), page(log, 5, 10, 1));
    assertEquals(List.of(), page(log, 6, 10, 1_000));
    assertEquals(5, PageSql.read(CONNECTION, log.scope(), 6, 10, 1_000).position().head());
  }

  @Test
  void belowTheFloorThereIsNothingButThePosition() throws SQLException {
    QuickLog log = withBroadcasts(5);
    floor(log, 3);
    assertEquals(List.of(), page(log, 2, 10, 1_000));
    assertEquals(3, PageSql.read(CONNECTION, log.scope(), 2, 10, 1_000).position().floor());
    assertEquals(List.of(3L, 4L, 5L), page(log, 3, 10, 1_000));
  }

  @Test
  void aMissingEventIsNeverPassedOver() throws SQLException {
    QuickLog log = withBroadcasts(5);
    run(CONNECTION, "delete from tidemark.event where session_key = ? and cursor = 3", log.key);
    assertEquals(List.of(2L), page(log, 2, 10, 1_000));
    assertThrows(DamagedLogException.class, () -> page(log, 3, 10, 1_000));
    assertEquals(List.of(4L, 5L), page(log, 4, 10, 1_000));
  }

  @Test
  void anEventThatWasPutAboveTheHeadIsNoPartOfAnyPage() throws SQLException {
    QuickLog log = withBroadcasts(5);
    run(CONNECTION, copyOf("cursor + 1", "created_at"), log.key, 5);
    assertEquals(List.of(3L, 4L, 5L), page(log, 3, 10, 1_000));
    assertEquals(List.of(5L), page(log, 5, 10, 1));
    assertEquals(List.of(), page(log, 6, 10, 1_000));
  }

  @Test
  void ofTwoEventsWithOneCursorNeitherIsReadNorPassedOver() throws SQLException {
    QuickLog log = withBroadcasts(5);
    run(CONNECTION, copyOf("cursor", "created_at + interval '1 microsecond'"), log.key, 3);
    assertEquals(List.of(1L, 2L), page(log, 1, 10, 1_000));
    assertThrows(DamagedLogException.class, () -> page(log, 3, 10, 1_000));
    assertEquals(List.of(4L, 5L), page(log, 4, 10, 1_000));
  }

  @Test
  void theSecondOfTwoIsFoundOnADayThatIsNotReadFirst() throws SQLException {
    OffsetDateTime today = OffsetDateTime.now(ZoneOffset.UTC);
    QuickLog log = new QuickLog(CONNECTION);
    for (int daysAgo : new int[] {3, 3, 3, 0}) {
      partition(today.minusDays(daysAgo));
      log.add("broadcast", null, today.minusDays(daysAgo));
    }
    log.written();
    run(CONNECTION, copyOf("cursor", "created_at + interval '2 days 23 hours'"), log.key, 2);
    assertThrows(DamagedLogException.class, () -> page(log, 2, 10, 1_000));
    assertEquals(List.of(1L), page(log, 1, 10, 1_000));
  }

  @Test
  void aDamagedLogIsReportedByTheNameOfItsSession() throws SQLException {
    QuickLog log = withBroadcasts(2);
    run(CONNECTION, "delete from tidemark.event where session_key = ? and cursor = 2", log.key);
    assertEquals(
        "Event 2 of session '%s' of tenant 'default' is missing, or is there twice."
            .formatted(
                SchemaDatabase.one(
                    CONNECTION,
                    "select session_id from tidemark.session where session_key = ?",
                    log.key)),
        assertThrows(DamagedLogException.class, () -> page(log, 2, 10, 1_000)).getMessage());
  }

  private static String copyOf(String cursor, String createdAt) {
    return "insert into tidemark.event (session_key, cursor, event_id, epoch_number, type, source, payload, created_at, chain_hash) select session_key, %s, gen_random_uuid(), epoch_number, type, source, payload, %s, chain_hash from tidemark.event where session_key = ? and cursor = ?"
        .formatted(cursor, createdAt);
  }

  @Test
  void anUnknownSessionIsSaidToBeOne() {
    assertThrows(
        UnknownSessionException.class,
        () -> PageSql.read(CONNECTION, new TenantSession("default", -1), 1, 10, 1_000));
  }

  @Test
  void noMoreEventsAreTouchedThanThePageHas() throws SQLException {
    QuickLog log = withBroadcasts(500);
    run(CONNECTION, "analyze tidemark.event");
    long max =
        explained(log.key, 11, 20)
            .lines()
            .map(ROWS::matcher)
            .filter(Matcher::find)
            .mapToLong(rows -> Long.parseLong(rows.group(1)))
            .max()
            .orElseThrow();
    assertEquals(1 + 10, max, "where the session stands, and ten events");
  }

  @Test
  void onlyTheDaysOfTheReplayWindowAreTouched() throws SQLException {
    OffsetDateTime today = OffsetDateTime.now(ZoneOffset.UTC);
    for (int daysAgo = 9; daysAgo > 0; daysAgo--) {
      partition(today.minusDays(daysAgo));
    }
    QuickLog log = new QuickLog(CONNECTION);
    for (int daysAgo = 9; daysAgo >= 0; daysAgo--) {
      log.add("broadcast", null, today.minusDays(daysAgo));
    }
    log.written();
    floor(log, 8); // two days ago
    Set<String> touched = partitionsTouched(log);
    assertEquals(Set.of(name(today), name(today.minusDays(1)), name(today.minusDays(2))), touched);
  }

  @Test
  void eventsOfLongAgoAreFoundAndThoseThatFollowThemToday() throws SQLException {
    OffsetDateTime today = OffsetDateTime.now(ZoneOffset.UTC);
    QuickLog log = new QuickLog(CONNECTION);
    for (int daysAgo : new int[] {3, 2, 1, 0, 0}) {
      partition(today.minusDays(daysAgo));
      log.add("broadcast", null, today.minusDays(daysAgo));
    }
    log.written();
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), page(log, 1, 10, 1_000));
    assertEquals(List.of(3L, 4L, 5L), page(log, 3, 10, 1_000)); // on the edge of the last day
    assertEquals(List.of(5L), page(log, 5, 10, 1_000));
  }

  private static Set<String> partitionsTouched(QuickLog log) {
    String plan = explained(log.key, 8, 263);
    Set<String> touched = new TreeSet<>();
    plan.lines()
        .map(SCAN::matcher)
        .filter(Matcher::find)
        .filter(scan -> scan.group(2).equals("actual"))
        .forEach(scan -> touched.add(scan.group(1)));
    assertTrue(plan.contains("Subplans Removed") || plan.contains("never executed"), plan);
    return touched;
  }

  /** The plan of a page, as after some executions. */
  private static String explained(long key, long from, long to) {
    run(CONNECTION, "set plan_cache_mode = force_generic_plan");
    run(CONNECTION, "deallocate all");
    run(CONNECTION, "begin");
    run(CONNECTION, "select tidemark.open_session('default', ?)", key);
    run(CONNECTION, "set local role tidemark_reader");
    run(
        CONNECTION,
        "prepare page (bigint, %1$s, bigint, bigint, %1$s, bigint, bigint, %1$s) as "
                .formatted("bigint, bigint, timestamptz, timestamptz")
            + numbered(PageSql.READ));
    List<List<Object>> plan =
        rows(
            CONNECTION,
            "explain (analyze, costs off, timing off) execute page (%1$d, %2$s, 262144, %3$d, %2$s, 262144, %4$d, %2$s)"
                .formatted(key, "%d, %d, '-infinity', 'infinity'".formatted(from, to), to, from));
    run(CONNECTION, "rollback");
    return plan.stream().map(row -> (String) row.get(0)).collect(Collectors.joining("\n"));
  }

  private static String numbered(String sql) {
    String numbered = sql;
    for (int i = 1; numbered.contains("?"); i++) {
      numbered = numbered.replaceFirst("\\?", "\\$" + i);
    }
    return numbered;
  }

  private static String name(OffsetDateTime day) {
    return day.toLocalDate().toString().replace("-", "");
  }

  private static void partition(OffsetDateTime day) {
    run(
        CONNECTION,
        "create table if not exists tidemark.event_%s partition of tidemark.event for values from ('%s 00:00:00+00') to ('%s 00:00:00+00')"
            .formatted(name(day), day.toLocalDate(), day.toLocalDate().plusDays(1)));
  }

  private static void floor(QuickLog log, long floor) {
    run(
        CONNECTION,
        """
        update tidemark.session_head h set floor_cursor = e.cursor, floor_at = e.created_at
        from tidemark.event e where h.session_key = ? and e.session_key = ? and e.cursor = ?""",
        log.key,
        log.key,
        floor);
  }

  private static QuickLog withBroadcasts(int count) throws SQLException {
    QuickLog log = new QuickLog(CONNECTION);
    for (int i = 0; i < count; i++) {
      log.add("broadcast", null);
    }
    return log.written();
  }

  private static List<Long> page(QuickLog log, long from, int maxEvents, long maxBytes)
      throws SQLException {
    return PageSql.read(CONNECTION, log.scope(), from, maxEvents, maxBytes).events().stream()
        .map(EventFrame::cursor)
        .toList();
  }
}
