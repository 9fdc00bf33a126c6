package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The other eight mistakes seen in the field, as tests: see {@link FieldLessonsIT}. */
final class MoreFieldLessonsIT {
  private static final int MAX_PAYLOAD = 1_048_576;
  private static final int ENVELOPE = 200;

  private final Scene scene = new Scene();

  /** 9. One event larger than the limit made the session impossible to resume. */
  @Test
  void theLargestMessageIsResumableAndALargerOneNeverGetsIntoTheLog() {
    try (WireClient writer = scene.alice();
        WireClient reader = scene.alice()) {
      String sessionId = writer.create().string("session_id");
      Scene.ask(writer, "x".repeat(MAX_PAYLOAD - ENVELOPE), "m-1");
      long head = scene.head(sessionId);
      writer.say("x".repeat(MAX_PAYLOAD), "m-2", 0);
      assertEquals(1009, writer.awaitClose());
      Door.JOIN.entered(reader, Door.session(sessionId).add("since", 0));
      scene.assertSawLogFrom(reader, sessionId, 0);
      assertEquals(head, scene.head(sessionId));
      Scene.ask(reader, "and it goes on", "m-3");
    }
  }

  /** 10. A queued or resent message ran twice. */
  @Test
  void aMessageThatIsResentWhileQueuedWhileRunningAndWhenDoneRunsOnce() {
    try (WireClient client = scene.alice();
        WireClient again = scene.alice()) {
      String sessionId = client.create().string("session_id");
      again.join(sessionId);
      client.say("one two three", "m-1", 100).say("queued", "m-2", 0);
      Scene.awaitAck(client, "m-2");
      again.say("one two three", "m-1", 100).say("queued", "m-2", 0);
      scene.awaitQuiet(sessionId, 2);
      again.say("one two three", "m-1", 100).say("queued", "m-2", 0);
      Scene.ask(client, "what comes after the repeats", "m-3");
      Scene.awaitPong(again);
      assertEquals(
          List.of("m-1", "m-2", "m-3"),
          client.events().stream()
              .filter(frame -> frame.is("turn_started"))
              .map(frame -> frame.json().getJsonObject("data").getString("message_id"))
              .toList());
      assertEquals(3, scene.count(sessionId, "event", "type = 'response'"));
    }
  }

  /** 11. Tokens of two sessions of one agent crossed. */
  @Test
  void eachSessionGetsItsOwnTokens() {
    try (WireClient one = scene.alice();
        WireClient other = scene.alice();
        WireClient bob = scene.bob()) {
      List<WireClient> clients = List.of(one, other, bob);
      for (WireClient client : clients) {
        client.create();
      }
      for (WireClient client : clients) {
        client.say(("word-" + clients.indexOf(client) + " ").repeat(40), "m-1", 10);
      }
      for (WireClient client : clients) {
        client.awaitEvent("stream_end");
        Set<String> tokens =
            client.events().stream()
                .filter(frame -> frame.is("token_stream"))
                .map(frame -> frame.json().getJsonObject("data").getString("content"))
                .collect(Collectors.toSet());
        assertEquals(Set.of("word-" + clients.indexOf(client) + " "), tokens);
      }
    }
  }

  /** 12. Live events slipped in between joined and the replay, or were lost in the hand-over. */
  @Test
  void whoJoinsWhileEventsFlowGetsTheReplayThenTheEndOfItThenLiveEventsAndMissesNone() {
    try (WireClient writer = scene.alice()) {
      String sessionId = writer.create().string("session_id");
      writer.say("word ".repeat(5_000), "m-1", 5).awaitEvent("token_stream");
      List<WireClient> joined = new ArrayList<>();
      while (joined.size() < 25) {
        WireClient client = scene.alice();
        client.join(sessionId, joined.size() % 5);
        joined.add(client);
      }
      assertEquals(
          1, scene.count(sessionId, "turn", "status = 'running'"), "joined while events flowed");
      writer.send("{\"type\":\"abort\"}").awaitEvent("stream_end");
      for (WireClient client : joined) {
        client.awaitSeq(scene.head(sessionId));
        scene.assertSawLogFrom(client, sessionId, joined.indexOf(client) % 5);
        List<String> order =
            Scene.types(client.frames()).stream()
                .map(
                    type ->
                        Set.of("joined", "replay", "replay_complete").contains(type)
                            ? type
                            : "live")
                .toList();
        assertEquals("joined", order.get(0));
        assertEquals(order.lastIndexOf("replay") + 1, order.indexOf("replay_complete"));
        assertTrue(order.subList(0, order.indexOf("replay_complete")).indexOf("live") < 0);
        client.close();
      }
    }
  }

  /** 13. since = oldest - 1 forced a needless resync. */
  @Test
  void whoHoldsAllButTheRetainedEventsIsReplayed() {
    String sessionId = scene.sessionWith("something");
    scene.database().raiseFloor(sessionId, 6);
    try (WireClient client = scene.alice()) {
      Frame joined = client.join(sessionId, 5);
      assertFalse(joined.json().getBoolean("resync_required"));
      client.await("replay_complete");
      scene.assertSawLogFrom(client, sessionId, 5);
    }
  }

  /** 14. The client took the head as its own cursor before the replay had arrived. */
  @Test
  void whoIsCutOffInTheMiddleOfAReplayComesBackWithWhatArrivedAndLosesNothing() {
    String sessionId = scene.sessionWith("a", "b", "c", "d", "e", "f");
    try (WireClient cut = scene.aliceNotReading();
        WireClient back = scene.alice()) {
      cut.send(Door.session(sessionId).add("since", 0).add("type", "join")).read(8);
      cut.awaitSeq(7);
      cut.cut();
      long held = cut.events().size();
      assertTrue(cut.frames().get(0).number("cursor") > held, "the head is not the client's own");
      assertTrue(cut.frames().stream().noneMatch(frame -> frame.is("replay_complete")));
      List<Frame> rest = Door.JOIN.entered(back, Door.session(sessionId).add("since", held));
      scene.assertSawLogFrom(back, sessionId, held);
      assertEquals(scene.head(sessionId), rest.get(rest.size() - 1).number("cursor"));
    }
  }

  /** 15. Per-connection sequence numbers raised false gaps and hid true ones. */
  @Test
  void numbersGoOnAcrossConnectionsAndAcrossSessionsOfOneConnection() {
    String one = scene.sessionWith("first", "second");
    String other = scene.sessionWith("elsewhere");
    try (WireClient client = scene.alice()) {
      long head = client.join(one).number("cursor");
      Scene.ask(client, "third", "m-1");
      client.join(other);
      Scene.ask(client, "elsewhere too", "m-1");
      Door.JOIN.enter(client, Door.session(one).add("since", head + 3)); // with the old turn's end
      Scene.ask(client, "fourth", "m-2");
      assertEquals(scene.head(one), client.events().get(client.events().size() - 1).number("seq"));
      assertEquals(
          scene.database().log(one).get((int) head).eventId(),
          client.events().get(0).string("event_id"));
      assertEquals(head + 1, client.events().get(0).number("seq"));
    }
  }

  /** 16. High-volume token events pushed the events that matter out of a bounded buffer. */
  @Test
  void tokensPushNothingOutOfTheReplayWindow() {
    String sessionId = scene.sessionWith("what matters", "word ".repeat(400), "what matters too");
    scene.purge("100 years", 20);
    try (WireClient client = scene.alice()) {
      List<Frame> replay = Door.JOIN.entered(client, Door.session(sessionId).add("since", 0));
      assertEquals(1, replay.get(0).number("oldest_cursor"));
      scene.assertSawLogFrom(client, sessionId, 0);
      scene.purge("100 years", 10); // three turns of five counted events: the oldest go now
      assertTrue(client.join(sessionId).number("oldest_cursor") > 1);
    }
  }
}
