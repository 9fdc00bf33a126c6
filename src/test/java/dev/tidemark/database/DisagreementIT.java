package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The log, the state, the messages and what clients were sent say the same. */
class DisagreementIT extends UsedSession {
  @Test
  void aStateUpdateThatNeverReachedTheState() {
    log.append("state_update", "{\"patch\":{\"turns\":2}}");

    finds("4 7 the state is that of cursor 4: it never had this event");
  }

  @Test
  void aSessionWithoutStateOrPosition() {
    run(superuser, "delete from tidemark.session_state");
    finds("4 the session has no state");
    run(
        superuser,
        "insert into tidemark.session (session_id, agent_id, owner) values ('s-2', 'echo', 'alice')");
    run(
        superuser,
        "insert into tidemark.session_state select session_key from tidemark.session on conflict do nothing");
    run(
        superuser,
        "update tidemark.session_state set state = '{\"turns\":1}', state_cursor = 4 where session_key = ?",
        log.key);
    finds("1 the session has no head");
  }

  @Test
  void aMessageOrAnAnswerThatIsNotAmongTheMessages() {
    log.append("message", "{}");
    finds("5 7 this message is not among the messages");
    run(superuser, "delete from tidemark.message where role = 'agent'");
    finds(
        "5 5 this response is not among the messages",
        "5 7 this message is not among the messages");
  }

  @Test
  void aMessageBelowTheFloorAndInTheHistoryIsLookedForToo() {
    run(superuser, "update tidemark.session_head set floor_cursor = head_cursor + 1");
    run(superuser, "delete from tidemark.message where role = 'user'");

    finds("5 1 this message is not among the messages");
  }

  @Test
  void anIdOfAPublisherThatNamesAnotherEvent() {
    UUID id = UUID.randomUUID();
    run(superuser, "insert into tidemark.publication values (?, ?, 3)", log.key, id);

    finds("5 3 the event here has not the id " + id + ", by which it was published");
  }

  @Test
  void timeAndEpochThatGoBack() {
    run(
        superuser,
        "update tidemark.event set created_at = created_at - interval '1 minute', epoch_number = 2 where cursor = 3");
    run(superuser, "update tidemark.event set epoch_number = 1 where cursor > 3");
    assertEquals(
        List.of("11 3", "11 4"),
        column(
            superuser,
            "select invariant || ' ' || cursor from audit.invariant_violations where invariant = 11 order by 1"));
    run(
        superuser,
        "update tidemark.session_head set last_event_at = last_event_at + interval '1 minute'");
    assertEquals(
        List.of("11 3", "11 4", "11 6"),
        column(
            superuser,
            "select invariant || ' ' || cursor from audit.invariant_violations where invariant = 11 order by 1"));
  }

  @Test
  void aClientThatWasSentWhatIsNotInTheLog() {
    run(
        superuser,
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
    run(superuser, "select tidemark.begin_epoch('restored')");
    finds();
  }

  private void sent(int cursor) {
    run(
        superuser,
        """
        insert into tidemark.read_progress (join_id, looked_at, resyncs, sent_cursor, in_flight)
        select max(join_id), clock_timestamp(), 0, ?, 0 from tidemark.join_record
        """,
        cursor);
  }
}
