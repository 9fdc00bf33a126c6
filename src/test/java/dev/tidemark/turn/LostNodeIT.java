package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One of two nodes dies in the middle of a turn: the other one ends the turn and tries again. */
final class LostNodeIT {
  private static final Map<String, String> TWICE = Map.of("tidemark.turn.attempts", "2");

  @Test
  void aTurnWhoseNodeDiedEndsOnceAndIsTriedElsewhereUpToALimit() {
    try (Gateway first = Gateway.start("lost-first", TWICE);
        Gateway second = first.startNode("lost-second", TWICE);
        WireClient listener = second.connect("alice");
        WireClient aborter = second.connect("alice")) {
      String aborted = answeredBy(first, "word ".repeat(60));
      aborter.join(aborted);
      aborter.say("next", "m-2", 0).await("message_ack");
      String doomed = answeredBy(first, "word ".repeat(60));
      String sessionId = answeredBy(first, "word ".repeat(12));
      listener.join(sessionId);
      listener.awaitEvent("token_stream");
      first.server().kill();
      aborter.send("{\"type\":\"abort\"}");

      Frame interrupted = listener.awaitEvent("turn_interrupted");
      assertTrue(
          interrupted.data().startsWith("{\"reason\":\"node_lost\",\"retried\":true"),
          interrupted.data());
      listener.awaitEvent("response");
      List<String> outcomes = outcomes(second, sessionId);
      assertEquals(
          List.of("turn_started", "turn_interrupted", "turn_started", "response"), outcomes);

      aborter.awaitEvent("aborted"); // not tried again, and the next turn runs
      aborter.awaitEvent("response");
      assertEquals(List.of("turn_started", "turn_started", "response"), outcomes(second, aborted));

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

  /**
   * Makes a session whose turn now runs on {@code node}. Another node's sweep may start a queued
   * turn first: that turn is left to it, and the message is said in a new session.
   */
  private static String answeredBy(Gateway node, String content) {
    for (int attempt = 1; attempt <= 10; attempt++) {
      try (WireClient speaker = node.connect("alice")) {
        String sessionId = speaker.create().string("session_id");
        speaker.say(content, "m", 600).awaitEvent("token_stream");
        String runner =
            node.database()
                .value(
                    String.class,
                    "select lease_owner from tidemark.turn where session_key = ?",
                    node.database().sessionKey(sessionId));
        if (runner.startsWith(node + "/")) {
          return sessionId;
        }
      }
    }
    throw new AssertionError("Another node takes every turn of " + node + ".");
  }

  private static List<String> outcomes(Gateway gateway, String sessionId) {
    return gateway.database().log(sessionId).stream()
        .map(Logged::type)
        .filter(type -> type.startsWith("turn_") || type.equals("response"))
        .toList();
  }
}
