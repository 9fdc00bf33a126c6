package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A superuser breaks each invariant in a transaction; the rollback repairs it. */
class InvariantIT {
  private static final Connection SUPERUSER = SchemaDatabase.fresh().as("postgres");

  @BeforeAll
  static void aSessionThatWasWellUsed() throws Exception {
    var log = new TestLog(SUPERUSER, "s-1");
    log.append("message", "{\"content\":\"hi\"}");
    log.append("turn_started", "{}");
    log.append("state_update", "{\"patch\":{\"turns\":1,\"draft\":\"x\"}}");
    log.append("state_update", "{\"patch\":{\"draft\":null}}");
    log.append("response", "{}");
    log.append("stream_end", "{}");
    run(
        SUPERUSER,
        """
        insert into tidemark.message (session_key, cursor, message_id, sender, role, content)
        values (?, 1, 'c-1', 'alice', 'user', '"hi"'), (?, 5, 'a-1', 'echo', 'agent', '"hi"')
        """,
        log.key,
        log.key);
    run(SUPERUSER, "update tidemark.session_state set state = '{\"turns\":1}', state_cursor = 4");
    log.turn("running");
    SUPERUSER.setAutoCommit(false);
  }

  @Test
  void oneACursorThatIsMissing() {
    breaking(List.of(1, 7), "delete from tidemark.event where cursor = 2");
    breaking(List.of(1, 7), "delete from tidemark.event where cursor = 6");
    breaking(List.of(1, 7), "delete from tidemark.event where cursor in (2, 6)");
  }

  @Test
  void oneACursorAboveTheHead() {
    breaking(
        List.of(1, 7),
        """
        insert into tidemark.event (session_key, cursor, event_id, epoch_number, type, source, payload, created_at, chain_hash)
        select session_key, 7, event_id, epoch_number, type, source, payload, created_at, chain_hash
          from tidemark.event where cursor = 6
        """);
    breaking(
        List.of(1, 7),
        """
        insert into tidemark.event (session_key, cursor, event_id, epoch_number, type, source, payload, created_at, chain_hash)
        select 99, 1, event_id, epoch_number, type, source, payload, created_at, chain_hash
          from tidemark.event where cursor = 6
        """);
  }

  @Test
  void twoAFloorOutsideTheLog() {
    breaking(
        List.of(2),
        "alter table tidemark.session_head drop constraint floor_within_log",
        "update tidemark.session_head set floor_cursor = head_cursor + 2");
    breaking(
        List.of(1, 2),
        "alter table tidemark.session_head drop constraint floor_within_log",
        "update tidemark.session_head set floor_cursor = 0");
    breaking(List.of(2), "update tidemark.session_head set floor_at = last_event_at");
    breaking(
        List.of(2),
        "insert into tidemark.chain_anchor select session_key, cursor, chain_hash from tidemark.event where cursor = 3");
  }

  @Test
  void threeACursorThatIsThereTwice() {
    breaking(
        List.of(3, 7, 11),
        """
        insert into tidemark.event (session_key, cursor, event_id, epoch_number, type, source, payload, created_at, chain_hash)
        select session_key, cursor, event_id, epoch_number, type, source, payload, created_at + interval '40 days', chain_hash
          from tidemark.event where cursor = 2
        """);
  }

  @Test
  void fourAStateThatItsEventsDoNotMake() {
    breaking(List.of(4), "update tidemark.session_state set state = '{\"turns\":2}'");
    breaking(List.of(4), "update tidemark.session_state set state_cursor = 3");
    breaking(List.of(4), "update tidemark.session_state set state_cursor = 0");
  }

  @Test
  void fiveAMessageWithNoEventOfItsOwn() {
    breaking(List.of(5), "update tidemark.message set cursor = 2 where cursor = 1");
    breaking(List.of(5), "update tidemark.message set cursor = 7 where cursor = 5");
    breaking(
        List.of(),
        "update tidemark.session_head set floor_cursor = 3",
        """
        insert into tidemark.message (session_key, cursor, message_id, sender, role, content)
        select session_key, 2, 'c-2', sender, role, content from tidemark.message where cursor = 1
        """);
  }

  @Test
  void sixARunningTurnThatNobodyRuns() {
    breaking(List.of(6), "update tidemark.turn set lease_ends_at = now() - interval '61 seconds'");
    breaking(List.of(6), "update tidemark.turn set lease_ends_at = null");
    breaking(List.of(), "update tidemark.turn set lease_ends_at = now() - interval '30 seconds'");
    breaking(
        List.of(10),
        "update tidemark.turn set lease_ends_at = now() - interval '1 hour', status = 'interrupted'");
  }

  @Test
  void sevenAChainThatDoesNotFit() {
    breaking(
        List.of(7), "update tidemark.event set payload = '{\"content\":\"ho\"}' where cursor = 1");
    breaking(List.of(7), "update tidemark.session_head set chain_hash = sha256('x')");
  }

  @Test
  void eightARoleThatMayTooMuch() {
    breaking(List.of(8), "grant update on tidemark.event to tidemark_app");
    breaking(List.of(8), "grant update (payload) on tidemark.event to tidemark_app");
    breaking(List.of(8), "grant delete on tidemark.event_default to tidemark_app");
    breaking(List.of(8), "grant truncate on tidemark.event to public");
    breaking(List.of(8), "grant delete on tidemark.event_history to tidemark_app");
    breaking(List.of(8), "grant select on tidemark.event_all to tidemark_auditor");
    breaking(List.of(8), "grant select on tidemark.message to tidemark_auditor");
    breaking(List.of(8), "grant select (content) on tidemark.message to tidemark_auditor");
    breaking(List.of(8), "grant insert on tidemark.verification_misfit to tidemark_auditor");
    breaking(List.of(8), "grant tidemark_owner to tidemark_app");
    breaking(List.of(8), "grant tidemark_owner to tidemark_auditor");
  }

  @Test
  void theViolationSaysWhere() throws Exception {
    run(SUPERUSER, "delete from tidemark.event where cursor in (2, 3)");

    assertEquals(
        "s-1 2 no event from here to 3 default",
        one(
            SUPERUSER,
            """
            select concat_ws(' ', session_id, cursor, detail, tenant)
              from audit.invariant_violations where invariant = 1
            """));
    SUPERUSER.rollback();
  }

  private static void breaking(List<Integer> expected, String... statements) {
    try {
      assertEquals(List.of(), violated());
      for (String sql : statements) {
        run(SUPERUSER, sql);
      }
      assertEquals(expected, violated());
    } finally {
      rollBack();
    }
    assertEquals(List.of(), violated());
  }

  private static List<Object> violated() {
    return column(
        SUPERUSER, "select distinct invariant from audit.invariant_violations order by 1");
  }

  private static void rollBack() {
    try {
      SUPERUSER.rollback();
    } catch (SQLException e) {
      throw new SchemaDatabase.SqlFailure(e);
    }
  }
}
