package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a defect of the gateway could leave behind, with a chain that fits: each is appended in a
 * transaction that is rolled back.
 */
class DisagreementIT {
  private static final Connection SUPERUSER = SchemaDatabase.fresh().as("postgres");
  private static final UUID TURN = UUID.randomUUID();
  private static TestLog log;

  @BeforeAll
  static void aTurnThatRanAndOneThatWaits() throws Exception {
    log = new TestLog(SUPERUSER, "s-1");
    log.append("message", "{}");
    append("turn_started");
    append("token_stream");
    long state = log.append("state_update", "{\"patch\":{\"turns\":1}}", TURN, Instant.now());
    long response = append("response");
    append("stream_end");
    message(1, "user");
    message(response, "agent");
    run(
        SUPERUSER,
        "update tidemark.session_state set state = '{\"turns\":1}', state_cursor = ?",
        state);
    run(
        SUPERUSER,
        """
        insert into tidemark.turn
          (turn_id, session_key, message_cursor, message_id, agent_id, status, started_cursor, ended_cursor)
        values (?, ?, 1, 'm-1', 'echo', 'completed', 2, ?)
        """,
        TURN,
        log.key,
        response);
    log.turn("queued");
    SUPERUSER.setAutoCommit(false);
  }

  @BeforeEach
  void nothingIsWrong() {
    assertEquals(List.of(), details());
  }

  @AfterEach
  void rollBack() throws SQLException {
    SUPERUSER.rollback();
  }

  @Test
  void aStateUpdateThatNeverReachedTheState() {
    log.append("state_update", "{\"patch\":{\"turns\":2}}");

    finds("4 7 the state is that of cursor 4: it never had this event");
  }

  @Test
  void aSessionWithoutStateOrPosition() {
    run(SUPERUSER, "delete from tidemark.session_state");
    finds("4 the session has no state");
    run(
        SUPERUSER,
        "insert into tidemark.session (session_id, agent_id, owner) values ('s-2', 'echo', 'alice')");
    run(
        SUPERUSER,
        "insert into tidemark.session_state select session_key from tidemark.session on conflict do nothing");
    run(
        SUPERUSER,
        "update tidemark.session_state set state = '{\"turns\":1}', state_cursor = 4 where session_key = ?",
        log.key);
    finds("1 the session has no head");
  }

  @Test
  void aMessageOrAnAnswerThatIsNotAmongTheMessages() {
    log.append("message", "{}");
    finds("5 7 this message is not among the messages");
    run(SUPERUSER, "delete from tidemark.message where role = 'agent'");
    finds(
        "5 5 this response is not among the messages",
        "5 7 this message is not among the messages");
  }

  @Test
  void aMessageBelowTheFloorAndInTheHistoryIsLookedForToo() {
    run(SUPERUSER, "update tidemark.session_head set floor_cursor = head_cursor + 1");
    run(SUPERUSER, "delete from tidemark.message where role = 'user'");

    finds("5 1 this message is not among the messages");
  }

  @Test
  void anIdOfAPublisherThatNamesAnotherEvent() {
    UUID id = UUID.randomUUID();
    run(SUPERUSER, "insert into tidemark.publication values (?, ?, 3)", log.key, id);

    finds("5 3 the event here has not the id " + id + ", by which it was published");
  }

  @Test
  void aTurnWithTwoTerminalEvents() {
    append("aborted");

    finds(
        "9 7 turn T goes on after its stream_end, which is 6", "9 7 turn T has 2 terminal events");
  }

  @Test
  void anEventOfATurnAfterItsStreamEnd() {
    append("token_stream");
    finds("9 7 turn T goes on after its stream_end, which is 6");
    append("stream_end");
    finds("9 8 turn T goes on after its stream_end, which is 6");
  }

  @Test
  void aTerminalEventAndAStreamEndThatAreNotTogether() {
    UUID other = turn("failed", 7);
    append(other, "turn_failed");
    log.append("broadcast", "{}");
    append(other, "stream_end");
    finds("9 7 turn U has no stream_end right behind its terminal event");
  }

  @Test
  void aStreamEndWithoutATerminalEvent() {
    UUID other = turn("failed", 9);
    append(other, "turn_started");
    append(other, "stream_end");

    finds(
        "10 9 turn U is failed, and its terminal event is not here",
        "9 8 turn U has no terminal event before its stream_end");
  }

  @Test
  void eventsOfATurnThatDoesNotExist() {
    append(UUID.randomUUID(), "turn_started");

    finds("10 7 there is no turn U");
  }

  @Test
  void aTurnThatHasEndedAndIsSaidToRun() {
    run(
        SUPERUSER,
        "update tidemark.turn set status = 'running', lease_ends_at = now() + interval '1 hour' where turn_id = ?",
        TURN);

    finds(
        "10 5 turn T is running, and here is its response",
        "10 6 turn T is running, and here is its stream_end");
  }

  @Test
  void aTurnThatIsSaidToHaveEndedOtherwise() {
    run(SUPERUSER, "update tidemark.turn set status = 'aborted' where turn_id = ?", TURN);
    finds("10 5 turn T is aborted, and its terminal event is not here");
    run(
        SUPERUSER,
        "update tidemark.turn set status = 'completed', ended_cursor = 3 where turn_id = ?",
        TURN);
    finds("10 3 turn T is completed, and its terminal event is not here");
    run(SUPERUSER, "update tidemark.turn set ended_cursor = null where turn_id = ?", TURN);
    finds("10 2 turn T is completed, and its terminal event is not here");
  }

  /** A turn of whose events the oldest days have left is not looked at any more. */
  @Test
  void eventsThatHaveLeftForGoodAreNotMissed() {
    run(
        SUPERUSER,
        "insert into tidemark.chain_anchor select session_key, cursor, chain_hash from tidemark.event where cursor = 5");
    run(SUPERUSER, "delete from tidemark.event where cursor <= 5");
    run(SUPERUSER, "update tidemark.session_head set floor_cursor = 6");

    finds();
  }

  @Test
  void timeAndEpochThatGoBack() {
    run(
        SUPERUSER,
        "update tidemark.event set created_at = created_at - interval '1 minute', epoch_number = 2 where cursor = 3");
    run(SUPERUSER, "update tidemark.event set epoch_number = 1 where cursor > 3");
    assertEquals(
        List.of("11 3", "11 4"),
        column(
            SUPERUSER,
            "select invariant || ' ' || cursor from audit.invariant_violations where invariant = 11 order by 1"));
    run(
        SUPERUSER,
        "update tidemark.session_head set last_event_at = last_event_at + interval '1 minute'");
    assertEquals(
        List.of("11 3", "11 4", "11 6"),
        column(
            SUPERUSER,
            "select invariant || ' ' || cursor from audit.invariant_violations where invariant = 11 order by 1"));
  }

  @Test
  void aClientThatWasSentWhatIsNotInTheLog() {
    run(
        SUPERUSER,
        """
        insert into tidemark.join_record
          (session_key, session_id, tenant, principal, node, outcome, since, head_cursor, floor_cursor, baseline, epoch)
        select ?, 's-1', 'default', 'alice', 'node-1', 'replay', 0, 6, 1, 0, epoch_id::text from tidemark.epoch
        """,
        log.key);
    sent(6);
    finds();
    sent(7);
    finds("12 7 sent to alice, the head is 6");
    // A client of an earlier epoch has been told that its line of history is lost.
    run(SUPERUSER, "select tidemark.begin_epoch('restored')");
    finds();
  }

  private static void sent(int cursor) {
    run(
        SUPERUSER,
        """
        insert into tidemark.read_progress (join_id, looked_at, resyncs, sent_cursor, in_flight)
        select max(join_id), clock_timestamp(), 0, ?, 0 from tidemark.join_record
        """,
        cursor);
  }

  private static long append(String type) {
    return append(TURN, type);
  }

  private static long append(UUID turnId, String type) {
    return log.append(type, "{}", turnId, Instant.now());
  }

  private static UUID turn(String status, long endedCursor) {
    UUID turnId = log.turn(status);
    run(
        SUPERUSER,
        "update tidemark.turn set ended_cursor = ?, lease_ends_at = null where turn_id = ?",
        endedCursor,
        turnId);
    return turnId;
  }

  private static void message(long cursor, String role) {
    run(
        SUPERUSER,
        """
        insert into tidemark.message (session_key, cursor, message_id, sender, role, content)
        values (?, ?, ?, 'somebody', ?, '"hi"')
        """,
        log.key,
        cursor,
        "m-" + cursor,
        role);
  }

  private static void finds(String... expected) {
    assertEquals(List.of(expected), details());
  }

  /** The turn of the session is T, another one is U. */
  private static List<Object> details() {
    return column(
        SUPERUSER,
        """
        select found
          from audit.invariant_violations,
               regexp_replace(replace(concat_ws(' ', invariant, cursor, detail), ?, 'T'),
                 'turn [0-9a-f-]{36}', 'turn U') as found
         order by found collate "C"
        """,
        TURN.toString());
  }
}
