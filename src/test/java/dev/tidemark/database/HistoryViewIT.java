package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.tools.bench.History;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The history as the auditor reads it; the usual questions do not read everything. */
class HistoryViewIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static final Connection AUDITOR = DATABASE.as("tidemark_auditor");
  private static final int DAYS = 10;

  private static UUID turnId;

  @BeforeAll
  static void aSessionAmongManyOfTenDays() throws Exception {
    History.fill(SUPERUSER, 30_000, DAYS, 30).purge(Duration.ofDays(5));
    TestLog log = new TestLog(SUPERUSER, "s-1");
    turnId = log.turn("completed");
    log.append("message", "{\"content\": \"hi\"}");
    log.append("turn_started", "{}", turnId, Instant.now());
    log.append("state_update", "{\"patch\":{\"a\":1}}", turnId, Instant.now());
    log.append("response", "{\"content\":\"ho\"}", turnId, Instant.now());
    run(
        SUPERUSER,
        """
        insert into tidemark.message (session_key, cursor, message_id, sender, role, content, turn_id)
        values (?, 1, 'm-1', 'alice', 'user', '"hi"', null), (?, 4, 'm-2', 'echo', 'agent', '{"parts":["ho"]}', ?)""",
        log.key,
        log.key,
        turnId);
    run(
        SUPERUSER,
        "update tidemark.session_state set state = '{\"a\":1}', state_cursor = 3 where session_key = ?",
        log.key);
    run(
        SUPERUSER,
        "update tidemark.session_head set floor_cursor = 2 where session_key = ?",
        log.key);
    run(
        SUPERUSER,
        """
        update tidemark.turn set started_cursor = 2, ended_cursor = 4, started_at = queued_at + interval '2 seconds',
               ended_at = queued_at + interval '5 seconds' where turn_id = ?""",
        turnId);
    run(SUPERUSER, "analyze");
  }

  @Test
  void eventsAreToldWithTheirPayloadsVerbatimAndWhetherTheyCanBeReplayed() {
    assertEquals(
        List.of(
            Arrays.asList("default", 1L, "message", null, "{\"content\": \"hi\"}", "hi", false),
            Arrays.asList("default", 2L, "turn_started", turnId, "{}", null, true),
            Arrays.asList(
                "default", 3L, "state_update", turnId, "{\"patch\":{\"a\":1}}", null, true),
            Arrays.asList("default", 4L, "response", turnId, "{\"content\":\"ho\"}", "ho", true)),
        rows(
            AUDITOR,
            """
            select tenant, cursor, type, turn_id, payload::text, payload ->> 'content', replayable
              from audit.event_history where session_id = 's-1' order by cursor"""));
    assertEquals(
        List.of(true),
        column(
            AUDITOR,
            """
            select h.chain_hash = e.chain_hash and h.created_at = e.created_at and h.epoch_id = e.epoch_id
              from audit.chain_head('s-1') h, audit.event_history e where e.session_id = 's-1' and e.cursor = 4"""));
  }

  @Test
  void eventsOfLogAndHistoryAreThere() {
    assertEquals(30_004L, one(AUDITOR, "select count(*) from audit.event_history"));
    assertTrue((Long) one(SUPERUSER, "select count(*) from tidemark.event_history") > 0);
  }

  @Test
  void aSessionIsToldWithWhereItIs() {
    assertEquals(
        List.of(List.of("default", "alice", "echo", 4L, 2L, 1L, 3L, 1L, 2L, 1L, "{\"a\": 1}", 3L)),
        rows(
            AUDITOR,
            """
            select tenant, owner, agent_id, head_cursor, floor_cursor, first_cursor, replayable_events, past_events, messages,
                   turns, state::text, state_cursor
              from audit.session_history where session_id = 's-1'"""));
  }

  @Test
  void messagesAreToldAsTextToo() {
    assertEquals(
        List.of(
            List.of(1L, "alice", "user", "hi", "\"hi\""),
            List.of(4L, "echo", "agent", "{\"parts\":[\"ho\"]}", "{\"parts\":[\"ho\"]}")),
        rows(
            AUDITOR,
            "select cursor, sender, role, text, content::text from audit.message_history where session_id = 's-1' order by cursor"));
  }

  @Test
  void aTurnIsToldWithHowItWentAndLeadsToItsEvents() {
    assertEquals(
        List.of(List.of("completed", 1, "00:00:02", "00:00:03")),
        rows(
            AUDITOR,
            "select outcome, attempts, waited::text, duration::text from audit.turn_history where turn_id = ?",
            turnId));
    assertEquals(
        List.of(2L, 3L, 4L), column(AUDITOR, EVENTS_OF_A_TURN.replace("?", "'" + turnId + "'")));
  }

  private static final String EVENTS_OF_A_TURN =
      """
      select e.cursor from audit.turn_history t
        join audit.event_history e using (tenant, session_id, turn_id)
       where t.turn_id = ? and e.cursor between t.message_cursor and t.ended_cursor
       order by e.cursor""";

  @Test
  void aTimeReachesThePartitions() {
    String day = LocalDate.now(ZoneOffset.UTC).minusDays(8).toString();
    String plan =
        plan(
            "select * from audit.event_history where created_at >= '%1$s 10:00Z' and created_at < '%1$s 11:00Z'"
                .formatted(day));

    assertTrue(plan.contains(partition(8)), plan);
    for (int daysAgo : List.of(9, 7, 6, 1, 0)) {
      assertFalse(plan.contains(partition(daysAgo)), plan);
    }
  }

  @Test
  void theEventsOfASessionOfATurnAndBetweenTwoCursorsAreReadByTheirKeys() {
    for (String question :
        List.of(
            "select * from audit.event_history where session_id = 'history-7' and cursor between 100 and 120",
            "select * from audit.event_history where tenant = 'default' and session_id = 'history-7'",
            EVENTS_OF_A_TURN.replace("?", "'" + turnId + "'"))) {
      String plan = plan(question);
      assertFalse(plan.contains("Seq Scan on " + partition(8)), plan);
      assertTrue(plan.contains(partition(8) + "_pkey"), plan);
    }
  }

  @Test
  void columnsThatAreNotSelectedAreNotJoined() {
    String plan =
        plan(
            "select cursor, type from audit.event_history where created_at > now() - interval '1 day'");

    assertFalse(plan.contains("epoch") || plan.contains("session"), plan);
  }

  private static String plan(String question) {
    return column(SUPERUSER, "explain " + question).stream()
        .map(String.class::cast)
        .collect(Collectors.joining("\n"));
  }

  private static String partition(int daysAgo) {
    return "event_"
        + LocalDate.now(ZoneOffset.UTC).minusDays(daysAgo).format(DateTimeFormatter.BASIC_ISO_DATE);
  }
}
