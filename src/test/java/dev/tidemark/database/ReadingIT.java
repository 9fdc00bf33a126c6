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
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The auditor's views of reads, over rows as the gateway writes them. There are ten events, one
 * each second from {@link #start} on: the event with cursor n is of second n.
 */
final class ReadingIT {
  private static final int EVENTS = 10;

  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static final Connection APP = DATABASE.as("tidemark_app");
  private static final Connection AUDITOR = DATABASE.as("tidemark_auditor");

  private final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS).minusSeconds(3_600);
  private final TestLog log = new TestLog(APP, "s-" + UUID.randomUUID());
  private final String node = "node/" + UUID.randomUUID();

  @BeforeEach
  void tenEventsAndANodeThatIsAlive() {
    for (int cursor = 1; cursor <= EVENTS; cursor++) {
      log.append("broadcast", "{\"n\":" + cursor + "}", null, start.plusSeconds(cursor));
    }
    seen(Instant.now());
  }

  @Test
  void whatHadLeftByThenIsCertainAndWhatMayHaveLeftIsNot() {
    long join = join("fresh", 0, false, 0, "{}");
    point(join, 2, 2.1, 0, 2, 0);
    point(join, 6, 6.2, 0, 6, 0);
    point(join, 9, 9.1, 0, 9, 0);

    assertEquals(
        List.of("1 sent true", "2 sent true", "3 sent false", "4 sent false"),
        screen("alice", 4.5));
    assertEquals(6, screen("alice", 6.2).stream().filter(row -> row.endsWith("true")).count());
    assertEquals(List.of("1 sent true", "2 sent true"), screen("alice", 2.5));
    assertEquals(List.of("1 sent false"), screen("alice", 1.5));
    assertEquals(List.of(), screen("alice", 0.5));
    assertEquals(List.of(), screen("bob", 9));
  }

  @Test
  void anEventWasSentBetweenTheTwoLooksAndNotBeforeItWas() {
    long join = join("fresh", 0, false, 0, "{}");
    point(join, 2, 2.1, 0, 2, 0);
    point(join, 6, 6.2, 0, 6, 0);

    assertEquals(
        List.of(
            List.of(2L, second(2), second(2.1)),
            List.of(3L, second(3), second(6.2)),
            List.of(6L, second(6), second(6.2))),
        rows(
                AUDITOR,
                "select cursor, sent_after, sent_by from audit.screen_at(?, 'alice', ?) where cursor in (2, 3, 6)",
                log.sessionId,
                time(second(9)))
            .stream()
            .map(row -> List.of(row.get(0), instant(row.get(1)), instant(row.get(2))))
            .toList());
  }

  @Test
  void whatWasInFlightIsNotCertainUntilALaterLookFindsThatItHasLeft() {
    long join = join("fresh", 0, false, 0, "{}");
    point(join, 5, 5.1, 0, 5, 3);
    assertEquals("5 sent false", screen("alice", 5.5).get(4));
    point(join, 8, 8.1, 0, 5, 0);
    assertEquals("5 sent false", screen("alice", 5.5).get(4));
    assertEquals("5 sent true", screen("alice", 8.5).get(4));
  }

  @Test
  void aClientThatDidNotMoveIsKnownUntilItsNodeWasLastSeen() {
    long join = join("fresh", 0, false, 0, "{}");
    point(join, 3, 3.1, 0, 3, 0);
    seen(second(8));
    assertEquals(3, screen("alice", 7).size());
    assertEquals(EVENTS, screen("alice", 12).size(), "afterwards all may have been sent");
    assertEquals(List.of("unknown"), history("status"));
    assertEquals(
        List.of(second(8)), history("known_until").stream().map(ReadingIT::instant).toList());
  }

  @Test
  void aSnapshotStandsForEverythingUpToItAndSinceIsTheClientsWord() {
    long join = join("resync", 4, true, 0, "{}");
    point(join, 5, 5.1, 0, 5, 0);
    assertEquals(
        List.of(
            "1 snapshot true",
            "2 snapshot true",
            "3 snapshot true",
            "4 snapshot true",
            "5 sent true"),
        screen("alice", 5.5));

    TestLog other = new TestLog(APP, log.sessionId + "-2");
    other.append("broadcast", "{}", null, second(1));
    other.append("broadcast", "{}", null, second(2));
    long back = join(other, "alice", "replay", 1, false, 0, "{}");
    point(back, 5, 5.1, 0, 2, 0);
    assertEquals(List.of("1 claimed true", "2 sent true"), screen(other, "alice", 6));
  }

  @Test
  void aResyncBeginsAnewAndWhatLiesBetweenWasNotSent() {
    long join = join("fresh", 0, false, 0, "{}");
    point(join, 2, 2.1, 0, 2, 0);
    resync(join, 1, 7, 3, 6);
    point(join, 9, 9.1, 1, 9, 0);

    assertEquals(List.of("1 sent true", "2 sent true", "3 sent false"), screen("alice", 6.5));
    assertEquals(
        List.of(List.of("events", 1L, 2L), List.of("events", 3L, 3L), List.of("events", 7L, 9L)),
        rows(
            AUDITOR,
            "select what, from_cursor, until_cursor from audit.reading_history where session_id = ? and what = 'events' order by 3",
            log.sessionId));
    List<String> after = screen("alice", 9.5);
    assertEquals("6 snapshot true", after.get(5));
    assertEquals("7 sent true", after.get(6));
    assertEquals(
        List.of(List.of(false, "lagged", 3L, 6L)),
        rows(
            AUDITOR,
            "select at_join, reason, from_cursor, snapshot_cursor from audit.resync_history where session_id = ?",
            log.sessionId));
    assertEquals(List.of(1), history("resyncs"));
  }

  @Test
  void deltasThatACompactReplayLeftOutAreInTheirResponse() {
    UUID turn = log.turn("completed");
    long delta = log.append("token_stream", "{}", turn, second(11));
    long response = log.append("response", "{}", turn, second(12));
    run(
        SUPERUSER,
        "update tidemark.turn set started_cursor = ?, ended_cursor = ? where turn_id = ?",
        delta,
        response,
        turn);
    long join = join("replay", 10, false, 20, "{compact}");
    point(join, 21, 21.1, 0, response, 0);
    List<String> screen = screen("alice", 22);
    assertEquals(delta + " in_response true", screen.get(10));
    assertEquals(response + " sent true", screen.get(11));
  }

  @Test
  void aClientThatLeftIsShownOnlyIfItHasNoOtherConnection() {
    long first = join("fresh", 0, false, 0, "{}");
    leave(first, 4, 4, "closed", 0);
    assertEquals(4, screen("alice", 9).size());
    assertEquals(List.of("left"), history("status"));
    long second = join("fresh", 7, false, 7, "{}");
    point(second, 8, 8.1, 0, 8, 0);
    assertEquals(List.of("8 sent true"), screen("alice", 8.5));
    String connection =
        (String)
            one(
                SUPERUSER,
                "select connection_id::text from tidemark.join_record where join_id = ?",
                first);
    assertEquals(4, screen(connection, 8.5).size());
  }

  @Test
  void anEventOfALaterEpochIsNotWhatAClientOfTheLostLineWasSent() {
    long join = join("fresh", 0, false, 0, "{}");
    point(join, 9, 9.1, 0, EVENTS + 1, 0);
    run(SUPERUSER, "select tidemark.begin_epoch('restored')");
    log.append("broadcast", "{}", null, second(9));
    assertEquals(EVENTS, screen("alice", 10).size());
  }

  @Test
  void aRestoreTakesJoinNumbersThatNoOtherJoinGets() {
    long before = join("fresh", 0, false, 0, "{}");
    run(SUPERUSER, "select tidemark.begin_epoch('restored')");
    assertTrue(join("fresh", 0, false, 0, "{}") > before + (1L << 32));
  }

  @Test
  void aJoinOfANodeThatLostLeavesOrNeverLetItsClientInIsUnknown() {
    join("fresh", 0, false, 0, "{}");
    assertEquals(List.of("unknown"), history("status"), "no point after an hour");
    run(APP, "update tidemark.node_record set leaves_lost = 1 where node = ?", node);
    assertEquals(List.of("unknown"), history("status"));
  }

  @Test
  void recordsLeaveByAgeButNotUnderAHold() {
    for (String principal : List.of("old", "held")) {
      TestLog session = new TestLog(APP, principal + "-" + log.sessionId);
      long join = join(session, principal, "fresh", 0, false, 0, "{}");
      point(join, 1, 1, 0, 1, 0);
      leave(join, 2, 2, "closed", 0);
      refusal(principal, session.sessionId);
      access(principal, session.sessionId);
      if (principal.equals("held")) {
        run(SUPERUSER, "select tidemark.place_hold(?, 'court', 'case 1')", session.sessionId);
      }
    }
    run(SUPERUSER, "update tidemark.join_record set joined_at = joined_at - interval '10 days'");
    run(SUPERUSER, "update tidemark.leave_record set left_at = left_at - interval '10 days'");
    run(SUPERUSER, "update tidemark.read_progress set looked_at = looked_at - interval '10 days'");
    for (String counted : List.of("refusal_record", "sign_in_record", "rest_reading_record")) {
      run(SUPERUSER, "update tidemark." + counted + " set last_at = last_at - interval '10 days'");
    }

    assertEquals(0L, one(APP, "select tidemark.forget_records('11 days', 100)"));
    assertTrue((Long) one(APP, "select tidemark.forget_records('9 days', 100)") > 0);
    one(APP, "select tidemark.forget_records('9 days', 100)");

    for (String principal : List.of("old", "held")) {
      long left = principal.equals("held") ? 1 : 0;
      assertEquals(
          left,
          one(SUPERUSER, "select count(*) from audit.join_history where principal = ?", principal));
      for (String view : List.of("refusal_history", "rest_reading_history")) {
        assertEquals(
            left,
            one(
                SUPERUSER,
                "select count(*) from audit." + view + " where principal = ?",
                principal));
      }
      assertEquals(
          0L,
          one(
              SUPERUSER,
              "select count(*) from audit.sign_in_history where principal = ?",
              principal),
          "a hold on a session is not on its people");
    }
    assertEquals(1L, one(SUPERUSER, "select count(*) from tidemark.read_progress"));
    assertEquals(1L, one(SUPERUSER, "select count(*) from tidemark.leave_record"));
  }

  @Test
  void atMostTheLimitOfRecordsIsRemovedAtOnceAndYoungOnesAreKept() {
    for (int i = 0; i < 5; i++) {
      refusal("many", log.sessionId);
    }
    run(
        SUPERUSER,
        "update tidemark.refusal_record set last_at = last_at - interval '2 days' where principal = 'many'");
    run(SUPERUSER, "select tidemark.forget_records('1 day', 2)");
    assertEquals(
        3L,
        one(SUPERUSER, "select count(*) from tidemark.refusal_record where principal = 'many'"));
  }

  @Test
  void theQuestionsByPersonAndBySessionUseTheirIndexes() {
    run(SUPERUSER, "set enable_seqscan = off");
    try {
      for (String question :
          List.of(
              "select * from audit.join_history where principal = 'alice' and joined_at > now() - interval '7 days'",
              "select * from audit.join_history where session_id = 's' and joined_at > now() - interval '7 days'",
              "select * from audit.reading_history where principal = 'alice'",
              "select * from audit.resync_history where session_id = 's'",
              "select * from audit.refusal_history where principal = 'alice' and last_at > now() - interval '7 days'",
              "select * from audit.sign_in_history where principal = 'alice' and last_at > now() - interval '7 days'",
              "select * from audit.rest_reading_history where principal = 'alice' and last_at > now() - interval '7 days'",
              "select * from audit.rest_reading_history where session_id = 's' and last_at > now() - interval '7 days'",
              "select * from audit.refusal_history where session_id = 's'")) {
        String plan = column(SUPERUSER, "explain " + question).toString();
        String by = question.contains("principal =") ? "_by_principal" : "_by_session";
        assertTrue(plan.contains(by), plan);
      }
    } finally {
      run(SUPERUSER, "reset enable_seqscan");
    }
  }

  @Test
  void theAuditorReadsRefusals() {
    refusal("alice", log.sessionId);
    assertEquals(
        List.of(List.of("join", "no_such_session", 3L)),
        rows(
            AUDITOR,
            "select operation, code, times from audit.refusal_history where session_id = ?",
            log.sessionId));
    assertNull(
        one(
            AUDITOR,
            "select close_code from audit.refusal_history where session_id = ?",
            log.sessionId));
  }

  private Instant second(double second) {
    return start.plusMillis(Math.round(second * 1_000));
  }

  private static Instant instant(Object timestamp) {
    return ((Timestamp) timestamp).toInstant();
  }

  private List<Object> history(String columnName) {
    return column(
        AUDITOR,
        "select " + columnName + " from audit.join_history where session_id = ? order by join_id",
        log.sessionId);
  }

  private List<String> screen(String client, double second) {
    return screen(log, client, second);
  }

  private List<String> screen(TestLog session, String client, double second) {
    return column(
            AUDITOR,
            "select cursor || ' ' || how || ' ' || certain from audit.screen_at(?, ?, ?) order by cursor",
            session.sessionId,
            client,
            time(second(second)))
        .stream()
        .map(String.class::cast)
        .toList();
  }

  private static OffsetDateTime time(Instant instant) {
    return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  private long join(
      String outcome, long baseline, boolean snapshot, double second, String capabilities) {
    return join(log, "alice", outcome, baseline, snapshot, second, capabilities);
  }

  private long join(
      TestLog session,
      String principal,
      String outcome,
      long baseline,
      boolean snapshot,
      double second,
      String capabilities) {
    return (Long)
        one(
            APP,
            """
            insert into tidemark.join_record (joined_at, principal, tenant, node, session_id, session_key, since, outcome, head_cursor,
              floor_cursor, connection_id, capabilities, epoch, baseline, snapshot)
            select ?, ?, 'default', ?, ?, ?, case when ? = 'replay' then ? end, ?, h.head_cursor, h.floor_cursor, gen_random_uuid(),
              cast(? as text[]), (select epoch_id::text from tidemark.epoch order by epoch_number desc limit 1), ?, ?
              from tidemark.session_head h where h.session_key = ?
            returning join_id""",
            time(second(second)),
            principal,
            node,
            session.sessionId,
            session.key,
            outcome,
            baseline,
            outcome,
            capabilities,
            baseline,
            snapshot,
            session.key);
  }

  private void point(
      long join, double looked, double written, int resyncs, long cursor, int inFlight) {
    run(
        APP,
        "insert into tidemark.read_progress values (?, ?, ?, ?, ?, ?)",
        join,
        time(second(looked)),
        time(second(written)),
        resyncs,
        cursor,
        inFlight);
  }

  private void leave(long join, double second, long cursor, String why, int inFlight) {
    run(
        APP,
        "insert into tidemark.leave_record values (?, ?, ?, null, 0, ?, ?)",
        join,
        time(second(second)),
        why,
        cursor,
        inFlight);
  }

  private void resync(long join, int number, double second, long from, long to) {
    run(
        APP,
        """
        insert into tidemark.resync_record
        select j.join_id, j.connection_id, ?, ?, j.principal, j.tenant, j.session_id, j.session_key, j.node, 'lagged', ?, j.epoch, ?, j.epoch
          from tidemark.join_record j where j.join_id = ?""",
        number,
        time(second(second)),
        from,
        to,
        join);
  }

  private void refusal(String principal, String sessionId) {
    run(
        APP,
        """
        insert into tidemark.refusal_record (refusal_id, first_at, last_at, times, node, operation, code, principal, tenant, session_id, message)
        values (gen_random_uuid(), now(), now(), 3, ?, 'join', 'no_such_session', ?, 'default', ?, 'There is no such session.')""",
        node,
        principal,
        sessionId);
  }

  private void access(String principal, String sessionId) {
    run(
        APP,
        """
        insert into tidemark.sign_in_record
          (sign_in_id, first_at, last_at, times, node, principal, tenant, how, operation, remote_address)
        values (gen_random_uuid(), now(), now(), 3, ?, ?, 'default', 'basic', 'request', '127.0.0.1')""",
        node,
        principal);
    run(
        APP,
        """
        insert into tidemark.rest_reading_record
          (reading_id, first_at, last_at, times, node, principal, tenant, path, session_id, remote_address)
        values (gen_random_uuid(), now(), now(), 3, ?, ?, 'default', '/sessions/{session_id}/members', ?, '127.0.0.1')""",
        node,
        principal,
        sessionId);
  }

  private void seen(Instant seen) {
    run(
        APP,
        """
        insert into tidemark.node_record (node, seen_at, record_every) values (?, ?, interval '1 second')
        on conflict (node) do update set seen_at = excluded.seen_at""",
        node,
        time(seen));
  }
}
