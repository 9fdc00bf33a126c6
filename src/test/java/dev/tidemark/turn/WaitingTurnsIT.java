package dev.tidemark.turn;

import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.log.Sender;
import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Queued turns that nobody was told of are found, however many others wait. */
class WaitingTurnsIT {
  private static final int MOST = 1_000;
  private static final int OF_SENDER = 64;

  private final SchemaDatabase database = SchemaDatabase.fresh();
  private final Connection superuser = database.as("postgres");
  private final Connection app = database.as("tidemark_app");

  /** Each of them in a session of their own, and all of them for longer. */
  @Test
  void manySendersOfOneTenantHideNobodyOfAnother() throws SQLException {
    queue("crowd", "'p-' || n", 1, MOST + 10);
    queue("quiet", "'alice'", 2_000, 3);
    List<TurnQueued> waiting = TurnQueueSql.waiting(app, OF_SENDER);
    assertEquals(MOST, waiting.size());
    assertEquals(
        3,
        waiting.stream().filter(one -> one.sender().equals(new Sender("quiet", "alice"))).count());
  }

  @Test
  void theTurnsOfOneSenderHideNobodyOfItsTenant() throws SQLException {
    queue("crowd", "'mallory'", 1, MOST + 10);
    queue("crowd", "'bob'", 2_000, 1);
    List<TurnQueued> waiting = TurnQueueSql.waiting(app, OF_SENDER);
    assertEquals(OF_SENDER + 1, waiting.size());
    assertTrue(
        waiting.subList(0, 2).stream()
            .anyMatch(one -> one.sender().equals(new Sender("crowd", "bob"))));
  }

  private void queue(String tenant, String sender, int second, int turns) {
    run(
        superuser,
        """
        with made as (
          insert into tidemark.session (session_id, tenant, agent_id, owner)
          select gen_random_uuid()::text, ?, 'echo', %s from generate_series(1, ?) as n
          returning session_key, owner)
        insert into tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, sender, status, queued_at)
        select gen_random_uuid(), session_key, 1, 'm-1', 'echo', owner, 'queued',
          now() - interval '1 hour' + ? * interval '1 second' from made"""
            .formatted(sender),
        tenant,
        turns,
        second);
  }
}
