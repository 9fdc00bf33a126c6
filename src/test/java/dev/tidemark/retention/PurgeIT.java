package dev.tidemark.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.SmallGateway;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The node's own purge, from the floor to the day that leaves. */
final class PurgeIT {
  /** The session's first event, as if its node had appended it some days ago. */
  private static final String AN_OLD_EVENT =
      """
      with old as materialized (
        select h.session_key, s.session_id, gen_random_uuid() as event_id, now() - interval '%2$d days' as created_at,
               h.chain_hash, p.epoch_number, p.epoch_id
          from tidemark.session_head h join tidemark.session s using (session_key),
               (select * from tidemark.epoch order by epoch_number desc limit 1) p
         where h.session_key = %1$d
      ), fresh as (
        insert into tidemark.event
               (session_key, cursor, event_id, epoch_number, type, source, payload, created_at, chain_hash)
        select session_key, 1, event_id, epoch_number, 'broadcast', 'echo', '{}', created_at,
               tidemark.event_hash(chain_hash, epoch_id, session_id, 1, event_id, 'broadcast', 'echo', null,
                                   created_at, '{}')
          from old
        returning session_key, created_at, chain_hash
      )
      update tidemark.session_head h
         set head_cursor = 1, chain_hash = fresh.chain_hash, last_event_at = fresh.created_at,
             floor_at = fresh.created_at
        from fresh where h.session_key = fresh.session_key""";

  private final Gateway gateway = SmallGateway.get();
  private final TestDatabase database = gateway.database();

  @Test
  void aDayPastTheReplayWindowLeavesTheLogAndIsHistory() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      appendDaysAgo(sessionId, 10);

      Awaitility.await("the day has left")
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> database.value(Long.class, "select count(*) from tidemark.event_history") == 1);

      client.say("one two", "m", 0).awaitEvent("stream_end");
      assertEquals("below_floor", client.join(sessionId, 0).string("resync_reason"));
      assertEquals(2, client.join(sessionId, 1).number("oldest_cursor"));
      assertEquals(2, client.awaitEvent("message").number("seq"));
      assertEquals(List.of(), database.invariantViolations());
    }
  }

  @Test
  void aDayAtTheEndOfItsHistoryIsDroppedUnlessItIsOnHold() {
    try (WireClient one = gateway.connect("alice");
        WireClient another = gateway.connect("alice")) {
      String held = one.create().string("session_id");
      String free = another.create().string("session_id");
      long hold =
          database.value(Long.class, "select tidemark.place_hold(?, 'the court', 'case 17')", held);
      appendDaysAgo(held, 501);
      appendDaysAgo(free, 500);

      awaitPlace(500, "dropped");
      assertEquals("log", place(501));
      assertEquals(
          1L,
          database.value(
              Long.class,
              "select floor_cursor from audit.floor_status where session_id = ?",
              held));
      assertEquals(
          "drop",
          database.value(
              String.class, "select history_end from audit.retention_settings where in_force"));

      database.rows("select tidemark.lift_hold(?, 'settled')", hold);
      awaitPlace(501, "dropped");
      assertEquals(List.of(), database.invariantViolations());
    }
  }

  @Test
  void aClientIsToldTheWindowThatThePoliciesGiveItsSession() {
    database.rows(
        "select tidemark.set_retention_policy('a test', agent_id => 'stubborn', replay_age => '2 days', replay_events => 5000)");
    database.rows(
        "select tidemark.set_retention_policy('a test', 'default', 'stubborn', replay_events => 700)");
    try (WireClient client = gateway.connect("alice")) {
      Awaitility.await("the policies are read")
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> assertEquals(List.of(172_800_000L, 700L), window(client, "stubborn")));
      assertEquals(List.of(604_800_000L, 100_000L), window(client, "echo"));
    }
  }

  private static List<Long> window(WireClient client, String agentId) {
    int before = client.frames().size();
    client.send("{\"type\":\"hello\",\"agent_id\":\"%s\"}".formatted(agentId));
    JsonObject policy = client.await("hello_ok", before).json().getJsonObject("policy");
    return List.of(
        policy.getJsonNumber("replay_window_ms").longValue(),
        policy.getJsonNumber("replay_window_events").longValue());
  }

  private void appendDaysAgo(String sessionId, int days) {
    database.execute(
        "select tidemark.make_partition((now() at time zone 'UTC')::date - %d);".formatted(days)
            + AN_OLD_EVENT.formatted(database.sessionKey(sessionId), days));
  }

  private void awaitPlace(int daysAgo, String place) {
    Awaitility.await("the day of " + daysAgo + " days ago is " + place)
        .atMost(Duration.ofSeconds(30))
        .until(() -> place.equals(place(daysAgo)));
  }

  private String place(int daysAgo) {
    return database.value(
        String.class,
        "select place from audit.partition_status where day = (now() at time zone 'UTC')::date - cast(? as int)",
        daysAgo);
  }
}
