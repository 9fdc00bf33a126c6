package dev.tidemark.hazards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.Frame;
import dev.tidemark.testing.Gateway;
import dev.tidemark.testing.TestDatabase.Logged;
import dev.tidemark.testing.WireClient;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two nodes, one dies in the middle of a turn: the other one ends it and tries again. */
final class LostNodeIT {
  private static final Map<String, String> TWICE = Map.of("tidemark.turn.attempts", "2");

  @Test
  void aTurnWhoseNodeDiedEndsOnceAndIsTriedElsewhereUpToALimit() {
    try (Gateway first = Gateway.start("lost-first", TWICE);
        Gateway second = first.startNode("lost-second", TWICE);
        WireClient speaker = first.connect("alice");
        WireClient other = first.connect("alice");
        WireClient listener = second.connect("alice")) {
      String sessionId = speaker.create().string("session_id");
      String doomed = other.create().string("session_id");
      listener.join(sessionId);
      speaker.say("one two three four five six", "m", 800);
      listener.awaitEvent("token_stream");
      other.say("word ".repeat(60), "m", 1_000).awaitEvent("token_stream");
      first.server().kill();

      Frame interrupted = listener.awaitEvent("turn_interrupted");
      assertTrue(
          interrupted.data().startsWith("{\"reason\":\"node_lost\",\"retried\":true"),
          interrupted.data());
      listener.awaitEvent("response");
      List<String> outcomes = outcomes(second, sessionId);
      assertEquals(
          List.of("turn_started", "turn_interrupted", "turn_started", "response"), outcomes);

      try (WireClient watcher = second.connect("alice")) {
        watcher.join(doomed, 0);
        watcher.await("the second attempt", frame -> frame.text().contains("\"attempt\":2"), 0);
      }
      second.server().kill();
      first.server().start().awaitReady();
      try (WireClient watcher = first.connect("alice")) {
        watcher.join(doomed, 0);
        watcher.await(
            "the end after the last attempt",
            frame -> frame.text().contains("\"reason\":\"node_lost\",\"retried\":false"),
            0);
      }
      assertEquals(
          List.of("turn_started", "turn_interrupted", "turn_started", "turn_interrupted"),
          outcomes(first, doomed));
      assertEquals(List.of(), first.database().invariantViolations());
    }
  }

  private static List<String> outcomes(Gateway gateway, String sessionId) {
    return gateway.database().log(sessionId).stream()
        .map(Logged::type)
        .filter(type -> type.startsWith("turn_") || type.equals("response"))
        .toList();
  }
}
