package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.run;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A turn ends once, and its row and its events say the same. */
class TurnDisagreementIT extends UsedSession {
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
        superuser,
        "update tidemark.turn set status = 'running', lease_ends_at = now() + interval '1 hour' where turn_id = ?",
        TURN);

    finds(
        "10 5 turn T is running, and here is its response",
        "10 6 turn T is running, and here is its stream_end");
  }

  @Test
  void aTurnThatIsSaidToHaveEndedOtherwise() {
    run(superuser, "update tidemark.turn set status = 'aborted' where turn_id = ?", TURN);
    finds("10 5 turn T is aborted, and its terminal event is not here");
    run(
        superuser,
        "update tidemark.turn set status = 'completed', ended_cursor = 3 where turn_id = ?",
        TURN);
    finds("10 3 turn T is completed, and its terminal event is not here");
    run(superuser, "update tidemark.turn set ended_cursor = null where turn_id = ?", TURN);
    finds("10 2 turn T is completed, and its terminal event is not here");
  }

  /** A turn of whose events the oldest days have left is not looked at any more. */
  @Test
  void eventsThatHaveLeftForGoodAreNotMissed() {
    run(
        superuser,
        "insert into tidemark.chain_anchor select session_key, cursor, chain_hash from tidemark.event where cursor = 5");
    run(superuser, "delete from tidemark.event where cursor <= 5");
    run(superuser, "update tidemark.session_head set floor_cursor = 6");

    finds();
  }

  private UUID turn(String status, long endedCursor) {
    UUID turnId = log.turn(status);
    run(
        superuser,
        "update tidemark.turn set ended_cursor = ?, lease_ends_at = null where turn_id = ?",
        endedCursor,
        turnId);
    return turnId;
  }
}
