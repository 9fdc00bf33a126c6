package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The first eight mistakes seen in the field, each as a test that the gateway does not make it. */
final class FieldLessonsIT {
  private static final Set<String> INTEGRITY_FIELDS =
      Set.of(
          "session_id",
          "agent_id",
          "resumed",
          "epoch",
          "cursor",
          "oldest_cursor",
          "resync_required",
          "resync_reason");

  private final Scene scene = new Scene();

  /** 1. A reply that finished while the client was away was dropped. */
  @Test
  void aReplyThatFinishesWhileTheClientIsAwayIsInTheLogAndInTheSnapshot() {
    try (WireClient gone = scene.alice();
        WireClient back = scene.alice()) {
      String sessionId = gone.create().string("session_id");
      gone.say("said while nobody listens", "m-1", 50);
      Scene.awaitAck(gone, "m-1");
      gone.cut();
      scene.awaitQuiet(sessionId, 1);
      List<Frame> replay = Door.JOIN.entered(back, Door.session(sessionId).add("since", 1));
      assertTrue(replay.stream().anyMatch(frame -> Scene.isEvent(frame, "response")));
      JsonObject snapshot =
          Door.JOIN.entered(back, Door.session(sessionId).add("snapshot", true)).get(1).json();
      JsonObject answer = snapshot.getJsonObject("state").getJsonArray("messages").getJsonObject(1);
      assertEquals("said while nobody listens", answer.getString("content"));
      assertEquals("echo", answer.getString("sender_id"));
    }
  }

  /** 2. After a resume only the acknowledgement arrived: events went to the old connection's id. */
  @Test
  void afterAResumeTheEventsArriveOnTheNewConnection() {
    try (WireClient old = scene.alice();
        WireClient resumed = scene.alice()) {
      String sessionId = old.create().string("session_id");
      old.say("one two three four five six", "m-1", 100).awaitEvent("token_stream");
      old.cut();
      long held = old.events().size();
      resumed.join(sessionId, held);
      Scene.awaitTurnEnd(resumed, 0); // of the turn that the old connection began
      Scene.ask(resumed, "and another", "m-2");
      Scene.awaitAck(resumed, "m-2");
      scene.assertSawLogFrom(resumed, sessionId, held);
    }
  }

  /** 3. A turn cut off by a disconnect stayed "running", and later messages queued unseen. */
  @Test
  void aTurnGoesOnWhenItsClientIsCutOffAndTheNextMessageIsSeenAndAnswered() {
    try (WireClient cut = scene.alice();
        WireClient next = scene.alice()) {
      String sessionId = cut.create().string("session_id");
      cut.say("word ".repeat(12), "m-1", 500).awaitEvent("token_stream");
      cut.cut();
      next.join(sessionId, 0);
      next.say("queued behind it", "m-2", 0);
      Scene.awaitAck(next, "m-2");
      scene.awaitQuiet(sessionId, 2);
      next.awaitSeq(scene.head(sessionId));
      assertEquals(2, scene.count(sessionId, "turn", "status = 'completed'"));
      assertEquals(
          List.of("message", "turn_started", "message", "response", "turn_started", "response"),
          next.events().stream()
              .map(frame -> frame.event().type())
              .filter(Set.of("message", "turn_started", "response")::contains)
              .toList());
    }
  }

  /** 4. One of two handshakes carried the gap signal, the other did not. */
  @Test
  void bothHandshakesCarryTheSameIntegrityFields() {
    String sessionId = scene.sessionWith("something");
    scene.database().raiseFloor(sessionId, 4);
    try (WireClient client = scene.alice()) {
      for (long since : new long[] {0, 3, 5, 1_000}) {
        Frame helloOk = Door.HELLO.enter(client, Door.session(sessionId).add("since", since));
        Frame joined = Door.JOIN.enter(client, Door.session(sessionId).add("since", since));
        assertEquals(integrity(joined), integrity(helloOk));
        assertEquals(since == 3 || since == 5 ? 7 : 8, integrity(joined).size());
      }
    }
  }

  private static Set<Object> integrity(Frame frame) {
    return frame.json().entrySet().stream()
        .filter(field -> INTEGRITY_FIELDS.contains(field.getKey()))
        .collect(Collectors.toSet());
  }

  /** 5. since above the head counted as up to date; after a restart numbers were reused. */
  @Test
  void aSinceAboveTheHeadIsResyncedAndANodeThatHasJustStartedGoesOnCounting() {
    String sessionId = scene.sessionWith("before the other node knew of it");
    long head = scene.head(sessionId);
    try (WireClient client = Gateway.neighbour().connect("alice")) {
      Frame ahead = Door.JOIN.enter(client, Door.session(sessionId).add("since", head + 1));
      assertEquals("ahead_of_head", ahead.string("resync_reason"));
      assertEquals(head, ahead.number("cursor"));
      client.say("goes on", "m-1", 0);
      assertEquals(head + 1, Scene.awaitAck(client, "m-1").number("cursor"));
    }
  }

  /** 6. An unknown session id became a new session, and a foreign one could be joined. */
  @Test
  void neitherAnUnknownNorAForeignSessionIsJoinedAndNothingIsCreated() {
    String foreign = scene.sessionWith("Alice's own");
    String unknown = UUID.randomUUID().toString();
    try (WireClient bob = scene.bob()) {
      for (String sessionId : List.of(foreign, unknown)) {
        Frame refusal = Door.JOIN.refused(bob, Door.session(sessionId).add("since", 0));
        assertEquals("no_such_session", refusal.string("code"));
      }
      bob.say("to whom?", "m-1", 0);
      bob.await("not_joined", frame -> "not_joined".equals(frame.string("code")), 0);
      assertEquals(List.of(), bob.events());
      assertEquals(0, scene.sessionsNamed(unknown));
    }
  }

  /** 7. Only the last of two clients got live events; one leaving closed the session for both. */
  @Test
  void allClientsOfASessionGetItsEventsAndAnyMayLeave() {
    try (WireClient stays = scene.alice();
        WireClient leaves = scene.alice();
        WireClient isCut = scene.alice()) {
      String sessionId = stays.create().string("session_id");
      leaves.join(sessionId);
      isCut.join(sessionId);
      Scene.ask(stays, "to all three", "m-1");
      long head = scene.head(sessionId);
      for (WireClient client : List.of(stays, leaves, isCut)) {
        client.awaitSeq(head);
        scene.assertSawLogFrom(client, sessionId, 0);
      }
      leaves.send("{\"type\":\"leave\"}").await("left");
      isCut.cut();
      Scene.ask(stays, "to the one that stays", "m-2");
      scene.assertSawLogFrom(stays, sessionId, 0);
      Scene.awaitPong(leaves);
      assertEquals(head, leaves.events().size());
    }
  }

  /** 8. A replay larger than the outbound queue disconnected the client for being slow. */
  @Test
  void aReplayOfManyTimesTheWindowReachesAClientThatReadsSlowly() {
    String sessionId = scene.sessionLargerThanTheBuffers();
    try (WireClient slow = scene.aliceNotReading()) {
      slow.send(Door.session(sessionId).add("since", 0).add("type", "join"));
      while (slow.frames().stream().noneMatch(frame -> frame.is("replay_complete"))) {
        slow.read(1);
        slow.awaitPart();
      }
      assertFalse(slow.closeCode().isPresent());
      scene.assertSawLogFrom(slow, sessionId, 0);
    }
  }
}
