package dev.tidemark.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.AdvisoryGate;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.SmallGateway;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A snapshot holds the newest tool calls of the running turn, as many as fit, each of them whole.
 */
final class RunningTurnSizeIT {
  private final Gateway gateway = SmallGateway.get();

  @Test
  void toolCallsUpToTheLimitAreThereAndOneByteMoreLeavesTheOldestOut() throws Exception {
    int empty = toolBytes(turnWithTools(1, 0).sessionId());
    int each = SmallGateway.SNAPSHOT_BYTES / 2 - empty;

    JsonObject all = turnWithTools(2, each).turn();
    assertEquals(List.of("call-1", "call-2"), callIds(all));
    assertFalse(all.containsKey("tool_calls_truncated"));

    Cut cut = turnWithTools(2, each + 1);
    assertEquals(List.of("call-2"), callIds(cut.turn()));
    assertTrue(cut.turn().getBoolean("tool_calls_truncated"));
    JsonObject call = cut.turn().getJsonArray("tool_calls").getJsonObject(0);
    assertEquals(2, call.getJsonObject("arguments").getInt("at"));
    assertEquals("v".repeat(each + 1), call.getString("result"));
  }

  @Test
  void aResultThatIsTooLargeByItselfIsLeftOutWithItsCall() throws Exception {
    JsonObject turn = turnWithTools(2, SmallGateway.SNAPSHOT_BYTES).turn();
    assertEquals(List.of(), callIds(turn));
    assertTrue(turn.getBoolean("tool_calls_truncated"));
  }

  /** A snapshot's running turn. */
  private record Cut(String sessionId, JsonObject turn) {}

  /** Cuts a snapshot while the turn has made its tool calls and cannot end. */
  private Cut turnWithTools(int calls, int bytes) throws Exception {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.createWith("wordy");
      Long key =
          gateway
              .database()
              .value(
                  Long.class,
                  "select session_key from tidemark.session where session_id = ?",
                  sessionId);
      try (AdvisoryGate gate =
          AdvisoryGate.beforeInsert(
              gateway.database(),
              "tidemark.message",
              "new.role = 'agent' and new.session_key = " + key)) {
        client.say(
            "x",
            "m",
            Json.createObjectBuilder()
                .add("tools", Json.createObjectBuilder().add("calls", calls).add("bytes", bytes)));
        gate.awaitArrival();
        try (WireClient other = gateway.connect("alice")) {
          other.join(Json.createObjectBuilder().add("session_id", sessionId).add("snapshot", true));
          JsonObject state = other.await("snapshot").json().getJsonObject("state");
          return new Cut(sessionId, state.getJsonObject("turn"));
        }
      } finally {
        client.awaitEvent("stream_end");
      }
    }
  }

  private int toolBytes(String sessionId) {
    return gateway
        .database()
        .value(
            Long.class,
            """
            select sum(octet_length(e.payload::text)) from tidemark.event e join tidemark.session using (session_key)
            where session_id = ? and e.type in ('tool_call_stream', 'tool_result_stream')""",
            sessionId)
        .intValue();
  }

  private static List<String> callIds(JsonObject turn) {
    return turn.getJsonArray("tool_calls").getValuesAs(JsonObject.class).stream()
        .map(call -> call.getString("call_id"))
        .toList();
  }
}
