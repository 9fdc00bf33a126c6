package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase.Logged;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rules of {@code docs/protocol.md} about snapshots: R8 and R9. */
final class SnapshotRulesIT {
  private static final int SNAPSHOT_EVENTS = 50;

  /** More than the two short turns have, so that some are within the last one. */
  private static final int MOMENTS = 40;

  private final Scene scene = new Scene();

  @Test
  void r8ASnapshotCutAtAnyMomentIsTheEffectOfTheEventsUpToItsCursor() {
    try (WireClient writer = scene.alice();
        WireClient cutter = scene.alice()) {
      String sessionId = writer.create().string("session_id");
      List<Frame> snapshots = new ArrayList<>();
      writer.say("a first answer of some words", "m-1", 8);
      Scene.sayFailing(writer, "an answer that breaks off", "m-2", 2);
      writer.say("a last one " + "word ".repeat(2_000), "m-3", 8);
      Scene.awaitAck(writer, "m-3");
      Set<JsonObject> moments = new HashSet<>();
      while (moments.size() < MOMENTS
          && scene.count(sessionId, "turn", "status in ('queued', 'running')") > 0) {
        Frame snapshot =
            Door.JOIN.entered(cutter, Door.session(sessionId).add("snapshot", true)).get(1);
        snapshots.add(snapshot);
        moments.add(LogFold.ofSnapshot(snapshot.json()));
      }
      writer.send("{\"type\":\"abort\"}").awaitEvent("aborted");
      scene.awaitQuiet(sessionId, 3);
      snapshots.add(
          Door.HELLO.entered(cutter, Door.session(sessionId).add("since", 1L << 40)).get(1));
      List<Logged> log = scene.database().log(sessionId);
      for (Frame snapshot : snapshots) {
        long cursor = snapshot.number("event_cursor");
        assertEquals(LogFold.of(log, cursor).json(), LogFold.ofSnapshot(snapshot.json()));
        assertEquals(newest(log, cursor), eventsOf(snapshot));
      }
      assertEquals(MOMENTS, moments.size(), "different moments");
    }
  }

  private static List<Long> newest(List<Logged> log, long cursor) {
    return log.stream()
        .map(Logged::cursor)
        .filter(c -> c <= cursor && c > cursor - SNAPSHOT_EVENTS)
        .toList();
  }

  private static List<Long> eventsOf(Frame snapshot) {
    return snapshot
        .json()
        .getJsonObject("state")
        .getJsonArray("events")
        .getValuesAs(JsonObject.class)
        .stream()
        .map(event -> event.getJsonNumber("seq").longValueExact())
        .toList();
  }

  @Test
  void r8TheStreamContinuesRightAfterTheSnapshot() {
    try (WireClient writer = scene.alice()) {
      String sessionId = writer.create().string("session_id");
      writer.say("word ".repeat(2_000), "m-1", 10);
      List<WireClient> clients = new ArrayList<>();
      for (int token = 0; token < 5; token++) {
        int heard = writer.events().size();
        writer.awaitSeq(heard + 5);
        WireClient client = scene.alice();
        clients.add(client);
        client.join(Door.session(sessionId).add("snapshot", true));
      }
      writer.send("{\"type\":\"abort\"}").awaitEvent("stream_end");
      long head = scene.head(sessionId);
      for (WireClient client : clients) {
        client.awaitSeq(head);
        long cut = client.await("snapshot").number("event_cursor");
        assertEquals(Scene.range(cut + 1, head), Scene.seqs(client.events()));
        client.close();
      }
    }
  }

  @Test
  void r8AMessageThatWasPurgedIsStillInTheSnapshotAndItsTurnToo() {
    try (WireClient writer = scene.alice();
        WireClient reader = scene.alice()) {
      String sessionId = writer.create().string("session_id");
      Scene.ask(writer, "an old one", "m-1");
      writer.say("word ".repeat(50), "m-2", 100);
      writer.awaitSeq(scene.head(sessionId) + 6);
      scene.database().raiseFloor(sessionId, scene.head(sessionId));
      Frame snapshot = Door.JOIN.entered(reader, Door.session(sessionId).add("since", 0)).get(1);
      long cursor = snapshot.number("event_cursor");
      JsonObject model = LogFold.of(scene.database().log(sessionId), cursor).json();
      assertEquals(model, LogFold.ofSnapshot(snapshot.json()));
      assertEquals(3, model.getJsonArray("messages").size());
      assertEquals("m-2", model.getJsonObject("turn").getString("message_id"));
      writer.send("{\"type\":\"abort\"}");
    }
  }

  @Test
  void r9AClientThatTheFloorOvertakesInItsReplayGetsASnapshotAndGoesOnFromThere() {
    String sessionId = scene.sessionLargerThanTheBuffers();
    long head = scene.head(sessionId);
    try (WireClient slow = scene.aliceNotReading();
        WireClient writer = scene.alice()) {
      slow.send(Door.session(sessionId).add("since", 0).add("type", "join"));
      while (slow.events().isEmpty()) {
        slow.read(1);
        slow.awaitPart();
      }
      scene.database().raiseFloor(sessionId, head + 1);
      writer.join(sessionId); // so the node knows of the floor, whatever its memory holds
      slow.read(Long.MAX_VALUE);
      Frame snapshot = slow.await("snapshot");
      assertEquals("lagged", snapshot.string("reason"));
      assertEquals(head, snapshot.number("event_cursor"));
      Scene.ask(writer, "and on it goes", "m-1");
      slow.awaitSeq(scene.head(sessionId));
      assertOvertaken(slow.frames(), scene.head(sessionId));
    }
  }

  /** Asserts a dense replay, a snapshot, replay_complete, and dense live events after it. */
  private static void assertOvertaken(List<Frame> frames, long head) {
    List<String> types = Scene.types(frames);
    int cut = types.indexOf("snapshot");
    List<Long> replayed = Scene.seqs(frames.subList(0, cut));
    long cursor = frames.get(cut).number("event_cursor");
    assertTrue(!replayed.isEmpty() && replayed.size() < cursor, "not in the middle");
    assertEquals(Scene.range(1, replayed.size()), replayed);
    assertEquals("replay_complete", types.get(cut + 1));
    assertEquals(cursor, frames.get(cut + 1).number("cursor"));
    assertEquals(Scene.range(cursor + 1, head), Scene.seqs(frames.subList(cut, frames.size())));
    assertEquals(1, types.stream().filter("snapshot"::equals).count());
  }

  @Test
  void r9AClientThatTheFloorOvertakesWhileItLagsBehindLiveEventsGetsASnapshot() {
    try (WireClient writer = scene.alice();
        WireClient slow = scene.aliceNotReading()) {
      String sessionId = writer.create().string("session_id");
      slow.send(Door.session(sessionId).add("type", "join")).read(2);
      slow.await("replay_complete");
      scene.fillBuffers(writer);
      scene.awaitQuiet(sessionId, Scene.LARGE_MESSAGES);
      long head = scene.head(sessionId);
      scene.database().raiseFloor(sessionId, head + 1);
      writer.join(sessionId); // so the node knows of the floor, whatever its memory holds
      slow.read(Long.MAX_VALUE);
      assertEquals("lagged", slow.await("snapshot").string("reason"));
      Scene.ask(writer, "and on it goes", "m-1");
      slow.awaitSeq(scene.head(sessionId));
      List<Frame> frames = slow.frames();
      int cut = Scene.types(frames).indexOf("snapshot");
      assertEquals(head, frames.get(cut).number("event_cursor"));
      List<Long> before = Scene.seqs(frames.subList(0, cut));
      assertEquals(Scene.range(1, before.size()), before);
      assertEquals(
          Scene.range(head + 1, scene.head(sessionId)),
          Scene.seqs(frames.subList(cut, frames.size())));
    }
  }

  @Test
  void r9AnEpochThatBeginsUnderAnOpenConnectionBringsASnapshotOnIt() {
    try (WireClient client = scene.alice()) {
      String sessionId = client.create().string("session_id");
      Scene.ask(client, "in the old line", "m-1");
      long head = scene.head(sessionId);
      String begun = scene.beginEpoch();
      Frame snapshot = client.await("snapshot");
      assertEquals("epoch_changed", snapshot.string("reason"));
      assertEquals(begun, snapshot.string("epoch"));
      assertEquals(head, snapshot.number("event_cursor"));
      Scene.ask(client, "in the new line", "m-2");
      assertEquals(Scene.range(1, scene.head(sessionId)), Scene.seqs(client.events()));
    }
  }
}
