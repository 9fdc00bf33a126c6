package dev.tidemark.tools.bench;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/** The frames that clients of the benchmark send. */
final class BenchFrames {
  private BenchFrames() {}

  /** One join for each session, from a cursor on. */
  static List<String> joinsSince(List<String> sessionIds, long since, String... capabilities) {
    return sessionIds.stream()
        .map(id -> join(id, capabilities).add("since", since).build().toString())
        .toList();
  }

  /** One join for each session, for events from now on. */
  static List<String> joins(List<String> sessionIds, String... capabilities) {
    return sessionIds.stream().map(id -> join(id, capabilities).build().toString()).toList();
  }

  private static JsonObjectBuilder join(String sessionId, String... capabilities) {
    JsonObjectBuilder join =
        Json.createObjectBuilder().add("type", "join").add("session_id", sessionId);
    if (capabilities.length > 0) {
      join.add("capabilities", Json.createArrayBuilder(List.of(capabilities)));
    }
    return join;
  }

  /** A join that makes a session of its own. */
  static String creatingJoin() {
    return Json.createObjectBuilder()
        .add("type", "join")
        .add("agent_id", "bench")
        .build()
        .toString();
  }

  /** A message that the bench agent answers with {@code tokens} tokens. */
  static String message(int tokens, int bytes, int everyMicros) {
    return Json.createObjectBuilder()
        .add("type", "message")
        .add("content", "go")
        .add(
            "metadata",
            Json.createObjectBuilder()
                .add("tokens", tokens)
                .add("bytes", bytes)
                .add("every_micros", everyMicros))
        .build()
        .toString();
  }
}
