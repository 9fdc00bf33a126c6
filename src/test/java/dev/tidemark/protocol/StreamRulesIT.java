package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The rules of {@code docs/protocol.md} about the numbering of frames: R3 to R5. */
final class StreamRulesIT {
  private static final Set<String> CONNECTION_FRAMES =
      Set.of(
          "hello_ok",
          "joined",
          "snapshot",
          "replay_complete",
          "message_ack",
          "error",
          "hello_error",
          "ping",
          "pong",
          "left");

  /** All types that the echo agent can be made to write; an interruption needs a dying node. */
  private static final Set<String> ECHO_EVENTS =
      Set.of(
          "message",
          "turn_started",
          "token_stream",
          "tool_call_stream",
          "tool_result_stream",
          "state_update",
          "response",
          "turn_failed",
          "aborted",
          "stream_end");

  private final Scene scene = new Scene();

  @Test
  void r3LiveAndReplayedFramesOfAnEventAreTheSameBytes() {
    try (WireClient live = scene.alice();
        WireClient replayed = scene.alice()) {
      String sessionId = live.create().string("session_id");
      live.say("the tide \"comes\" in \u00e9\ud83c\udf0a", "m-1", 0).awaitEvent("stream_end");
      replayed.join(sessionId, 0);
      replayed.await("replay_complete");
      List<String> sentLive = live.events().stream().map(Frame::text).toList();
      List<String> sentAgain =
          replayed.events().stream().map(Frame::event).map(Frame::text).toList();
      assertEquals(sentLive, sentAgain);
      assertEquals(
          scene.database().log(sessionId).stream().map(Logged::payload).toList(),
          live.events().stream().map(Frame::data).toList());
    }
  }

  @Test
  void r3TheNumberIsTheLogsWhenAndWhereverAClientJoins() {
    String sessionId = scene.sessionWith("before anybody listens");
    Gateway neighbour = Gateway.neighbour(); // started before a client's time to join begins
    try (WireClient here = scene.alice();
        WireClient there = neighbour.connect("alice")) {
      here.join(sessionId);
      Scene.ask(here, "one listens", "m-1");
      long between = scene.head(sessionId);
      there.join(sessionId);
      here.say("two listen", "m-2", 0);
      Scene.awaitTurnEnd(there, 0);
      here.awaitSeq(scene.head(sessionId));
      scene.assertSawLogFrom(there, sessionId, between);
      assertEquals(
          there.events().stream().map(Frame::text).toList(),
          here.events().stream()
              .filter(frame -> frame.seq().getAsLong() > between)
              .map(Frame::text)
              .toList());
    }
  }

  @Test
  void r4EachNumberIsThePreviousOnesPlusOneFromEachBaseline() {
    String sessionId = scene.sessionWith("something to replay");
    try (WireClient writer = scene.alice();
        WireClient since = scene.alice();
        WireClient snapshot = scene.alice();
        WireClient resync = scene.alice();
        WireClient fresh = scene.alice()) {
      writer.join(sessionId);
      writer.say("word ".repeat(240), "m-1", 20).awaitEvent("token_stream");
      since.join(sessionId, 3);
      Frame cut = Door.JOIN.entered(snapshot, Door.session(sessionId).add("snapshot", true)).get(1);
      Frame anew =
          Door.HELLO.entered(resync, Door.session(sessionId).add("since", 1L << 40)).get(1);
      Frame joined = fresh.join(sessionId);
      writer.awaitEvent("stream_end");
      long head = scene.head(sessionId);
      assertNumbered(since, 3, head);
      assertNumbered(snapshot, cut.number("event_cursor"), head);
      assertNumbered(resync, anew.number("event_cursor"), head);
      assertNumbered(fresh, joined.number("cursor"), head);
    }
  }

  private static void assertNumbered(WireClient client, long baseline, long head) {
    client.awaitSeq(head);
    assertTrue(baseline < head - 1, "joined in the middle");
    assertEquals(Scene.range(baseline + 1, head), Scene.seqs(client.events()));
  }

  @Test
  void r5EveryEventIsSequencedAndNoFrameOfTheConnectionIs() {
    try (WireClient client = scene.alice();
        WireClient replayed = scene.alice()) {
      String sessionId = Door.HELLO.enter(client, Door.newSession()).string("session_id");
      Scene.ask(client, "one that completes", "m-1");
      int before = client.frames().size();
      Scene.sayFailing(client, "one that fails", "m-2", 1);
      Scene.awaitTurnEnd(client, before);
      before = client.frames().size();
      client.say("one that is stopped", "m-3", 5_000).send("{\"type\":\"abort\"}");
      Scene.awaitTurnEnd(client, before);
      client.send("{\"type\":\"abort\"}").send("{\"type\":\"ping\"}").send("{\"type\":\"leave\"}");
      client.await("left");
      Door.JOIN.enter(replayed, Door.session(sessionId).add("since", 0));
      scene.assertSawLogFrom(client, sessionId, 0);
      scene.assertSawLogFrom(replayed, sessionId, 0);
      for (Frame frame : client.frames()) {
        assertEquals(CONNECTION_FRAMES.contains(frame.type()), frame.seq().isEmpty());
      }
      for (Frame frame : replayed.events()) {
        assertEquals(frame.number("seq"), frame.event().number("seq"));
        assertEquals(frame.number("seq"), frame.event().number("cursor"));
      }
      assertEquals(
          ECHO_EVENTS, client.events().stream().map(Frame::type).collect(Collectors.toSet()));
    }
  }
}
