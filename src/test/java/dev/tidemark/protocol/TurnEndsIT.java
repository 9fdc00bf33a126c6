package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Stopping a turn, and the one way in which every turn ends. */
final class TurnEndsIT {
  private static final String ABORT = "{\"type\":\"abort\",\"reason\":\"enough\"}";
  private static final Set<String> ENDINGS =
      Set.of("response", "aborted", "turn_failed", "turn_interrupted");

  private final Scene scene = new Scene();

  @Test
  void anAbortEndsTheRunningTurnAndTheNextMessageIsAnswered() {
    try (WireClient client = scene.alice()) {
      client.create();
      client.say("one two three", "m-1", 30_000).awaitEvent("tool_result_stream");
      client.send(ABORT);
      Frame aborted = client.awaitEvent("aborted");
      assertEquals("enough", aborted.json().getJsonObject("data").getString("reason"));
      assertEquals("m-1", aborted.json().getJsonObject("data").getString("message_id"));
      assertEquals("aborted", outcome(client.awaitEvent("stream_end")));
      Scene.ask(client, "and now", "m-2");
      assertEquals(List.of("aborted", "response"), endings(client));
    }
  }

  @Test
  void anAbortStopsTheRunningTurnAndNotTheOneThatWaitsBehindIt() {
    try (WireClient client = scene.alice()) {
      String sessionId = client.create().string("session_id");
      client.say("one two three", "m-1", 30_000).awaitEvent("turn_started");
      client.say("waits", "m-2", 0);
      Scene.awaitAck(client, "m-2");
      client.send(ABORT);
      scene.awaitQuiet(sessionId, 2);
      client.awaitSeq(scene.head(sessionId));
      assertEquals(List.of("aborted", "response"), endings(client));
    }
  }

  @Test
  void anAbortRightAfterAMessageMeansThatMessageQueuedOrRunning() {
    try (WireClient client = scene.alice()) {
      client.create();
      for (int i = 0; i < 10; i++) {
        int before = client.frames().size();
        client.say("one two three", "m-" + i, 30_000).send(ABORT);
        assertEquals("aborted", outcome(Scene.awaitTurnEnd(client, before)));
      }
      assertTrue(client.frames().stream().noneMatch(frame -> frame.is("error")));
    }
  }

  @Test
  void anAbortWorksFromAnyConnectionAndAnyNode() {
    try (WireClient stopper = Gateway.neighbour().connect("alice");
        WireClient speaker = scene.alice()) {
      String sessionId = speaker.create().string("session_id");
      speaker.say("one two three", "m-1", 30_000).awaitEvent("turn_started");
      stopper.join(sessionId);
      stopper.send(ABORT);
      assertEquals("aborted", outcome(speaker.awaitEvent("stream_end")));
      stopper.awaitEvent("stream_end");
    }
  }

  @Test
  void withoutATurnThereIsNothingToAbort() {
    try (WireClient client = scene.alice()) {
      client.send(ABORT);
      assertEquals("not_joined", client.await("error").string("code"));
      client.create();
      Scene.ask(client, "done already", "m-1");
      int before = client.frames().size();
      client.send(ABORT);
      Frame refusal = client.await("error", before);
      assertEquals("no_running_turn", refusal.string("code"));
    }
  }

  @Test
  void aFailingAgentEndsItsTurnWithAReasonThatThePublicMaySee() {
    try (WireClient client = scene.alice()) {
      client.create();
      Scene.sayFailing(client, "one two three", "m-1", 2);
      Frame failed = client.awaitEvent("turn_failed");
      assertEquals("agent_error", failed.json().getJsonObject("data").getString("reason"));
      assertEquals("failed", outcome(client.awaitEvent("stream_end")));
      assertEquals(List.of("turn_failed"), endings(client));
    }
  }

  @Test
  void theStateThatAnAgentMergesIsInTheNextTurnAndInTheSnapshot() {
    String sessionId = scene.sessionWith("one", "two", "three");
    try (WireClient client = scene.alice()) {
      Frame snapshot =
          Door.JOIN.entered(client, Door.session(sessionId).add("snapshot", true)).get(1);
      assertEquals(
          3, snapshot.json().getJsonObject("state").getJsonObject("state").getInt("turns"));
    }
  }

  private static String outcome(Frame streamEnd) {
    return streamEnd.json().getJsonObject("data").getString("outcome");
  }

  private static List<String> endings(WireClient client) {
    return client.events().stream().map(Frame::type).filter(ENDINGS::contains).toList();
  }
}
