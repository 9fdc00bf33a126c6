package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each of the three ways to verify finds a superuser's change of the log or its history, at the
 * event where it was made, and nothing in any other session.
 */
class TamperingIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();

  /** Cursors 1 to 5 of a session are history, 6 to 10 are in the log. */
  private static final int EACH = 5;

  private static final int HEAD = 2 * EACH;

  private final Connection superuser = DATABASE.as("postgres");

  @BeforeAll
  static void twoSessionsWithADayOfHistory() throws Exception {
    try (Connection connection = DATABASE.as("postgres")) {
      Instant then = Instant.now().minus(Duration.ofDays(2));
      run(
          connection,
          "select tidemark.make_partition((cast(? as timestamptz) at time zone 'UTC')::date)",
          then.toString());
      for (TestLog log : List.of(new TestLog(connection, "s-1"), new TestLog(connection, "s-2"))) {
        for (int n = 1; n <= HEAD; n++) {
          Instant at = n <= EACH ? then.plusNanos(n * 1_000L) : Instant.now();
          log.append("broadcast", "{\"n\":" + n + "}", null, at);
        }
        run(
            connection,
            """
            update tidemark.session_head h set floor_cursor = e.cursor, floor_at = e.created_at
              from tidemark.event e
             where e.session_key = h.session_key and h.session_key = ? and e.cursor = ?""",
            log.key,
            EACH + 1);
      }
      run(
          connection,
          """
          do $$
          declare
            day date := (select created_at at time zone 'UTC' from tidemark.event order by created_at limit 1);
            name text := 'event_' || to_char(day, 'YYYYMMDD');
          begin
            execute format('alter table tidemark.event detach partition tidemark.%I', name);
            execute format('alter table tidemark.event_history attach partition tidemark.%I for values from (%L) to (%L)',
              name, tidemark.day_start(day), tidemark.day_start(day + 1));
          end
          $$""");
    }
  }

  @BeforeEach
  void begin() throws Exception {
    superuser.setAutoCommit(false);
  }

  @AfterEach
  void rollBack() throws Exception {
    superuser.rollback();
    superuser.close();
  }

  static Stream<Arguments> tamperings() {
    return Stream.of("event_history", "event")
        .flatMap(
            table ->
                Stream.of(
                    tampering(
                        table, 3, "changed", "update {log} set payload = '{\"n\":0}' where {3}"),
                    tampering(
                        table,
                        3,
                        "changed",
                        "update {log} set payload = (' ' || payload::text)::json where {3}"),
                    tampering(table, 1, "changed", "update {log} set source = 'mallory' where {1}"),
                    tampering(table, 5, "changed", "update {log} set type = 'response' where {5}"),
                    tampering(
                        table,
                        2,
                        "changed",
                        "update {log} set event_id = gen_random_uuid() where {2}"),
                    tampering(
                        table,
                        2,
                        "changed",
                        "update {log} set turn_id = gen_random_uuid() where {2}"),
                    tampering(table, 4, "changed", "update {log} set epoch_number = 99 where {4}"),
                    tampering(
                        table,
                        4,
                        "changed",
                        "update {log} set created_at = created_at + interval '1 microsecond' where {4}"),
                    tampering(
                        table, 4, "changed", "update {log} set chain_hash = sha256('x') where {4}"),
                    tampering(
                        table,
                        3,
                        "changed",
                        """
                        update {log} e set payload = other.payload from {log} other
                         where e.session_key = {s} and other.session_key = {s}
                           and e.cursor in ({b} + 3, {b} + 4) and other.cursor = 2 * {b} + 7 - e.cursor"""),
                    tampering(
                        table,
                        2,
                        "changed",
                        "update {log} set cursor = 2 * {b} + 6 - cursor where session_key = {s} and cursor in ({b} + 2, {b} + 4)"),
                    tampering(table, 1, "missing", "delete from {log} where {1}"),
                    tampering(table, 3, "missing", "delete from {log} where {3}"),
                    tampering(table, 5, "missing", "delete from {log} where {5}"),
                    tampering(table, 1, "missing", "delete from {log} where session_key = {s}"),
                    tampering(table, 3, "missing", "update {log} set cursor = 99 where {3}"),
                    tampering(
                        table,
                        4,
                        "missing",
                        "update tidemark.event set cursor = cursor + 1 where session_key = {s} and cursor >= {b} + 4",
                        "update tidemark.event_history set cursor = cursor + 1 where session_key = {s} and cursor >= {b} + 4"),
                    tampering(
                        table,
                        3,
                        "added",
                        """
                        insert into {log} select session_key, cursor, gen_random_uuid(), epoch_number, type, source, turn_id, payload,
                               created_at + interval '1 microsecond', chain_hash from {log} where {3}"""),
                    // Its own hash and place are right: the event after it does not fit.
                    tampering(
                        table,
                        5,
                        "changed",
                        "update tidemark.event set cursor = cursor + 1 where session_key = {s} and cursor >= {b} + 4",
                        "update tidemark.event_history set cursor = cursor + 1 where session_key = {s} and cursor >= {b} + 4",
                        """
                        insert into {log}
                        select session_key, cursor + 1, event_id, epoch_number, type, source, turn_id, payload, created_at,
                               tidemark.event_hash(chain_hash, epoch_id, 's-1', cursor + 1, event_id, type, source, turn_id, created_at, payload::text)
                          from {log} join tidemark.epoch using (epoch_number) where {3}"""),
                    // The hash of the changed event was computed anew.
                    tampering(
                        table,
                        4,
                        "changed",
                        "update {log} set payload = '{}' where {3}",
                        """
                        update {log} e set chain_hash = tidemark.event_hash(before.chain_hash, epoch_id, 's-1', e.cursor, e.event_id,
                               e.type, e.source, e.turn_id, e.created_at, e.payload::text)
                          from {log} before, tidemark.epoch p
                         where p.epoch_number = e.epoch_number and e.session_key = {s} and before.session_key = {s}
                           and e.cursor = {b} + 3 and before.cursor = {b} + 2""")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tamperings")
  void isFoundWhereItWasDone(String name, List<String> statements, long cursor, String kind) {
    for (String sql : statements) {
      run(superuser, sql);
    }

    assertEquals(List.of(List.of("s-1", cursor, kind)), found());
  }

  @Test
  void aLogThatNobodyTouchedFits() {
    assertEquals(HEAD, column(superuser, "select cursor from tidemark.event_history").size());
    assertEquals(List.of(), found());
  }

  @Test
  void anEventOfTheLogThatIsMovedToAnotherDayIsFound() {
    run(
        superuser,
        "update tidemark.event set created_at = created_at - interval '1 day' where session_key = (select session_key from tidemark.session where session_id = 's-1') and cursor = 7");
    assertEquals(List.of(List.of("s-1", 7L, "changed")), found());
  }

  @Test
  void aHeadThatWasSetBackIsFound() {
    run(
        superuser,
        """
        update tidemark.session_head h set head_cursor = e.cursor, chain_hash = e.chain_hash
          from tidemark.event e
         where e.session_key = h.session_key and e.cursor = 8
           and h.session_key = (select session_key from tidemark.session where session_id = 's-1')""");
    assertEquals(List.of(List.of("s-1", 9L, "added")), found());
  }

  @Test
  void eventsOfNoSessionAreFound() {
    run(
        superuser,
        """
        insert into tidemark.event
        select -7, cursor, event_id, epoch_number, type, source, turn_id, payload, created_at, chain_hash
          from tidemark.event where cursor = 6 limit 1""");
    assertEquals(List.of(Arrays.asList(null, 6L, "added")), allSessions());
    assertEquals(
        List.of(7),
        column(superuser, "select invariant from audit.invariant_violations where invariant = 7"));
  }

  @Test
  void onlyAHeadThatWasKeptElsewhereShowsThatAllHashesWereComputedAnew() {
    Object[] kept = kept(7);
    Object[] later = kept(HEAD);
    Object[] before = kept(2);
    run(superuser, "update tidemark.event_history set payload = '{}' where cursor = 3");
    recompute();

    assertEquals(List.of(), found());
    assertEquals(7L, one(superuser, "select audit.verify_since('s-1', ?, ?)", kept));
    assertEquals(10L, one(superuser, "select audit.verify_since('s-1', ?, ?)", later));
    assertNull(one(superuser, "select audit.verify_since('s-1', ?, ?)", before));
    assertNull(one(superuser, "select audit.verify_since('s-1', ?, upper(?))", kept(HEAD)));
  }

  @Test
  void aLogThatEndsBeforeTheKeptHeadIsFound() {
    Object[] kept = kept(HEAD);
    run(superuser, "delete from tidemark.event where cursor > 8");
    recompute();

    assertEquals(List.of(), found());
    assertEquals(9L, one(superuser, "select audit.verify_since('s-1', ?, ?)", kept));
  }

  private static Arguments tampering(String table, int offset, String kind, String... statements) {
    int base = table.equals("event") ? EACH : 0;
    String session = "(select session_key from tidemark.session where session_id = 's-1')";
    List<String> sql =
        Stream.of(statements)
            .map(
                statement ->
                    statement
                        .replaceAll("\\{([1-5])}", "session_key = {s} and cursor = {b} + $1")
                        .replace("{log}", "tidemark." + table)
                        .replace("{s}", session)
                        .replace("{b}", Integer.toString(base)))
            .toList();
    return Arguments.of(
        table + ", " + statements[statements.length - 1], sql, (long) base + offset, kind);
  }

  /** The finding of all three ways to verify: session, cursor and kind. */
  private List<List<Object>> found() {
    List<List<Object>> misfits = allSessions();
    for (String session : List.of("s-1", "s-2")) {
      Object expected =
          misfits.stream()
              .filter(row -> session.equals(row.get(0)))
              .map(row -> row.get(1))
              .findFirst()
              .orElse(null);
      assertEquals(expected, one(superuser, "select audit.verify_session(?)", session));
    }
    assertEquals(
        misfits,
        rows(
            superuser,
            """
            select session_id, cursor, split_part(detail, ': ', 2)
              from audit.invariant_violations where invariant = 7 order by session_id"""));
    return misfits;
  }

  private List<List<Object>> allSessions() {
    long verification =
        (Long) one(superuser, "select audit.begin_verification(afresh => true, batch_events => 1)");
    int batches = 0;
    while (!rows(superuser, "select * from audit.verify_next_batch(?)", verification).isEmpty()) {
      batches++;
    }
    assertTrue(batches > 1);
    return rows(
        superuser,
        "select session_id, cursor, kind from audit.verification_misfits where verification_id = ? order by session_id",
        verification);
  }

  private Object[] kept(long cursor) {
    return rows(
            superuser,
            "select cursor, chain_hash from audit.event_history where session_id = 's-1' and cursor = ?",
            cursor)
        .get(0)
        .toArray();
  }

  /** Computes every hash and the heads anew, as an attacker with all rights would. */
  private void recompute() {
    run(
        superuser,
        """
        do $$
        declare
          e record;
          fitting bytea;
        begin
          for e in
            select a.*, s.session_id, p.epoch_id
              from tidemark.event_all a join tidemark.session s using (session_key) join tidemark.epoch p using (epoch_number)
             order by a.session_key, a.cursor
          loop
            if e.cursor = 1 then
              fitting := decode(repeat('00', 32), 'hex');
            end if;
            fitting := tidemark.event_hash(fitting, e.epoch_id, e.session_id, e.cursor, e.event_id, e.type, e.source,
              e.turn_id, e.created_at, e.payload::text);
            update tidemark.event set chain_hash = fitting where session_key = e.session_key and cursor = e.cursor;
            update tidemark.event_history set chain_hash = fitting where session_key = e.session_key and cursor = e.cursor;
          end loop;
          update tidemark.session_head h set head_cursor = newest.cursor, chain_hash = newest.chain_hash
            from tidemark.event newest
           where newest.session_key = h.session_key
             and newest.cursor = (select max(cursor) from tidemark.event m where m.session_key = h.session_key);
        end
        $$""");
  }
}
