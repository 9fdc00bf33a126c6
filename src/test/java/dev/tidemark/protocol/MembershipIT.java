package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A joined connection: leaving, joining again, heartbeats, frames that are refused. */
final class MembershipIT {
  private static final String LEAVE = "{\"type\":\"leave\"}";
  private final Scene scene = new Scene();

  @Test
  void whoLeftHearsNothingUntilItJoinsAgain() {
    try (WireClient client = scene.alice();
        WireClient other = scene.alice()) {
      String sessionId = client.create().string("session_id");
      other.join(sessionId);
      assertEquals(sessionId, client.send(LEAVE).await("left").string("session_id"));
      Scene.ask(other, "while it is away", "m-1");
      for (String frame : List.of("{\"type\":\"message\",\"content\":\"x\"}", LEAVE)) {
        assertEquals("not_joined", refusal(client, frame).string("code"));
      }
      assertEquals(List.of(), client.events());
      Door.JOIN.entered(client, Door.session(sessionId).add("since", 0));
      Scene.ask(other, "now that it is back", "m-2");
      client.awaitSeq(scene.head(sessionId));
      scene.assertSawLogFrom(client, sessionId, 0);
    }
  }

  @Test
  void whoJoinsAnotherSessionHasLeftTheFirst() {
    try (WireClient client = scene.alice();
        WireClient other = scene.alice()) {
      String first = client.create().string("session_id");
      other.join(first);
      String second = client.create().string("session_id");
      Scene.ask(other, "in the first", "m-1");
      Scene.ask(client, "in the second", "m-1");
      scene.assertSawLogFrom(client, second, 0);
      scene.assertSawLogFrom(other, first, 0);
      assertTrue(client.frames().stream().noneMatch(frame -> frame.is("left")));
    }
  }

  @Test
  void whoJoinsItsOwnSessionAgainInTheMiddleOfATurnGetsNothingTwiceAfterTheJoin() {
    try (WireClient client = scene.alice()) {
      String sessionId = client.create().string("session_id");
      client.say("word ".repeat(60), "m-1", 10);
      for (int i = 1; i <= 5; i++) {
        client.awaitSeq(i * 5L);
        int before = client.frames().size();
        Frame joined = client.join(sessionId, i);
        long head = joined.number("cursor");
        client.await("replay_complete", before);
        List<Frame> frames = client.frames();
        List<Long> after = Scene.seqs(frames.subList(frames.lastIndexOf(joined), frames.size()));
        assertEquals(Scene.range(i + 1, i + after.size()), after);
        assertTrue(i + after.size() >= head);
      }
      Scene.awaitTurnEnd(client, 0);
    }
  }

  @Test
  void aPingIsAnsweredWithPongAndAPongWithNothing() {
    try (WireClient client = scene.alice()) {
      client.send("{\"type\":\"pong\"}");
      Scene.awaitPong(client);
      client.create();
      client.await("replay_complete"); // a reply may overtake events
      Scene.awaitPong(client);
      assertEquals(
          List.of("pong", "joined", "replay_complete", "pong"), Scene.types(client.frames()));
    }
  }

  @Test
  void aFrameThatCannotBeTakenIsAnsweredWithItsCodeAndTheConnectionStays() {
    Map<String, String> refused =
        Map.ofEntries(
            Map.entry("nonsense", "bad_json"),
            Map.entry("{\"type\":\"ping\"} {}", "bad_json"),
            Map.entry("[]", "invalid_frame"),
            Map.entry("{}", "invalid_frame"),
            Map.entry("{\"type\":\"ping\",\"type\":\"ping\"}", "invalid_frame"),
            Map.entry("{\"type\":\"join\",\"create\":1}", "invalid_frame"),
            Map.entry("{\"type\":\"Ping\"}", "unknown_frame"),
            Map.entry("{\"type\":\"joined\"}", "unknown_frame"),
            Map.entry("{\"type\":\"join\",\"session_id\":\"a b\"}", "invalid_session_id"),
            Map.entry("{\"type\":\"message\",\"content\":\"\"}", "invalid_message"),
            Map.entry("{\"type\":\"message\",\"content\":{}}", "invalid_message"),
            Map.entry("{\"type\":\"message\",\"content\":[1]}", "invalid_message"),
            Map.entry("{\"type\":\"message\",\"content\":\"\\u0000\"}", "invalid_message"),
            Map.entry(
                "{\"type\":\"message\",\"content\":\"x\",\"message_id\":\"\"}", "invalid_message"),
            Map.entry("{\"type\":\"message\",\"content\":\"x\",\"metadata\":1}", "invalid_message"),
            Map.entry("{\"type\":\"abort\"}", "no_running_turn"),
            Map.entry("{\"type\":\"auth\",\"token\":\"secret\"}", "auth_unavailable"));
    refused.forEach(
        (frame, code) -> {
          try (WireClient client = scene.alice()) {
            String sessionId = client.create().string("session_id");
            Frame refusal = refusal(client, frame);
            assertEquals(code, refusal.string("code"), frame);
            assertTrue(!refusal.text().contains("secret"), refusal.text());
            Scene.ask(client, "still joined", "m-1");
            scene.assertSawLogFrom(client, sessionId, 0);
          }
        });
  }

  @Test
  void aBinaryMessageIsRefusedAndTheConnectionStays() {
    try (WireClient client = scene.alice()) {
      client.sendBinary(new byte[] {1, 2, 3});
      assertEquals("binary_not_supported", client.await("error").string("code"));
      client.create();
    }
  }

  @Test
  void fieldsThatTheProtocolDoesNotKnowAreIgnored() {
    try (WireClient client = scene.alice()) {
      Door.JOIN.enter(client, Door.newSession().add("colour", "blue").add("retries", 3));
      client.send(
          "{\"type\":\"message\",\"content\":\"x\",\"message_id\":\"m-1\",\"seq\":7,\"cursor\":9}");
      assertEquals(1, Scene.awaitAck(client, "m-1").number("cursor"));
    }
  }

  private static Frame refusal(WireClient client, String frame) {
    int before = client.frames().size();
    client.send(frame);
    return client.await("the refusal of " + frame, answer -> answer.is("error"), before);
  }
}
