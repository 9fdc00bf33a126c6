package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * For tests of what a defect of the gateway could leave behind: a session with a turn that ran and
 * one that waits, and a chain that fits.
 */
abstract class UsedSession {
  static final UUID TURN = UUID.randomUUID();

  final Connection superuser = SchemaDatabase.fresh().as("postgres");
  final TestLog log = new TestLog(superuser, "s-1");

  UsedSession() {
    log.append("message", "{}");
    append("turn_started");
    append("token_stream");
    long state = log.append("state_update", "{\"patch\":{\"turns\":1}}", TURN, Instant.now());
    long response = append("response");
    append("stream_end");
    message(1, "user");
    message(response, "agent");
    run(
        superuser,
        "update tidemark.session_state set state = '{\"turns\":1}', state_cursor = ?",
        state);
    run(
        superuser,
        """
        insert into tidemark.turn
          (turn_id, session_key, message_cursor, message_id, agent_id, status, started_cursor, ended_cursor)
        values (?, ?, 1, 'm-1', 'echo', 'completed', 2, ?)
        """,
        TURN,
        log.key,
        response);
    log.turn("queued");
    finds();
  }

  final long append(String type) {
    return append(TURN, type);
  }

  final long append(UUID turnId, String type) {
    return log.append(type, "{}", turnId, Instant.now());
  }

  final void message(long cursor, String role) {
    run(
        superuser,
        """
        insert into tidemark.message (session_key, cursor, message_id, sender, role, content)
        values (?, ?, ?, 'somebody', ?, '"hi"')
        """,
        log.key,
        cursor,
        "m-" + cursor,
        role);
  }

  final void finds(String... expected) {
    assertEquals(List.of(expected), details());
  }

  /** The turn of the session is T, another one is U. */
  private List<Object> details() {
    return column(
        superuser,
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
