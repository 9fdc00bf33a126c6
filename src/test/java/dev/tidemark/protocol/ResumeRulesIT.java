package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules of {@code docs/protocol.md} about coming back: R6 and R7. */
final class ResumeRulesIT {
  private static final long FLOOR = 5;

  private final Scene scene = new Scene();

  @ParameterizedTest
  @EnumSource(Door.class)
  void r6ASinceBetweenFloorMinusOneAndHeadIsReplayedAndNoOther(Door door) {
    String sessionId = scene.sessionWith("four words it is");
    scene.database().raiseFloor(sessionId, FLOOR);
    long head = scene.head(sessionId);
    try (WireClient client = scene.alice()) {
      String epoch = client.join(sessionId).string("epoch");
      for (String said : new String[] {null, epoch}) {
        assertResync(client, door, at(sessionId, 0, said), "below_floor", head);
        assertResync(client, door, at(sessionId, FLOOR - 2, said), "below_floor", head);
        assertReplay(client, door, at(sessionId, FLOOR - 1, said), FLOOR - 1, head);
        assertReplay(client, door, at(sessionId, FLOOR, said), FLOOR, head);
        assertReplay(client, door, at(sessionId, head - 1, said), head - 1, head);
        assertReplay(client, door, at(sessionId, head, said), head, head);
        assertResync(client, door, at(sessionId, head + 1, said), "ahead_of_head", head);
        assertResync(client, door, at(sessionId, Long.MAX_VALUE, said), "ahead_of_head", head);
      }
      assertReplay(client, door, Door.session(sessionId).add("since", "4"), 4, head);
    }
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void r6AnotherEpochIsResyncedWhateverTheCursor(Door door) {
    String sessionId = scene.sessionWith("four words it is");
    scene.database().raiseFloor(sessionId, FLOOR);
    long head = scene.head(sessionId);
    String other = UUID.randomUUID().toString();
    try (WireClient client = scene.alice()) {
      for (long since : new long[] {0, FLOOR - 2, FLOOR - 1, head, head + 1}) {
        assertResync(client, door, at(sessionId, since, other), "epoch_changed", head);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void r6TheEdgesHoldInAnEmptyLogAndInOneOfWhichNothingIsRetained(Door door) {
    try (WireClient client = scene.alice()) {
      String empty = client.create().string("session_id");
      assertReplay(client, door, at(empty, 0, null), 0, 0);
      assertResync(client, door, at(empty, 1, null), "ahead_of_head", 0);

      String purged = scene.sessionWith("gone");
      long head = scene.head(purged);
      scene.database().raiseFloor(purged, head + 1);
      assertReplay(client, door, at(purged, head, null), head, head);
      assertResync(client, door, at(purged, head - 1, null), "below_floor", head);
      assertResync(client, door, at(purged, head + 1, null), "ahead_of_head", head);
    }
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void r6AnEpochThatADbaBeginsIsNoticedByTheNextResume(Door door) {
    String sessionId = scene.sessionWith("before");
    long head = scene.head(sessionId);
    try (WireClient client = scene.alice()) {
      String before = door.enter(client, Door.session(sessionId)).string("epoch");
      assertReplay(client, door, at(sessionId, 2, before), 2, head);
      client.send("{\"type\":\"leave\"}").await("left");
      String begun = scene.beginEpoch();
      assertNotEquals(before, begun);
      Frame welcome = assertResync(client, door, at(sessionId, 2, before), "epoch_changed", head);
      assertEquals(begun, welcome.string("epoch"));
      assertReplay(client, door, at(sessionId, 2, begun), 2, head);
      assertReplay(client, door, at(sessionId, 2, null), 2, head);
    }
  }

  private static JsonObjectBuilder at(String sessionId, long since, String epoch) {
    JsonObjectBuilder fields = Door.session(sessionId).add("since", since);
    return epoch == null ? fields : fields.add("epoch", epoch);
  }

  private static void assertReplay(
      WireClient client, Door door, JsonObjectBuilder fields, long since, long head) {
    List<Frame> frames = door.entered(client, fields);
    Frame welcome = frames.get(0);
    assertFalse(welcome.json().getBoolean("resync_required"), welcome.text());
    assertFalse(welcome.json().containsKey("resync_reason"), welcome.text());
    assertEquals(head, welcome.number("cursor"));
    List<Frame> replayed = frames.subList(1, frames.size() - 1);
    assertTrue(replayed.stream().allMatch(frame -> frame.is("replay")));
    assertEquals(Scene.range(since + 1, head), Scene.seqs(replayed));
    assertEquals(head, frames.get(frames.size() - 1).number("cursor"));
  }

  private static Frame assertResync(
      WireClient client, Door door, JsonObjectBuilder fields, String reason, long head) {
    List<Frame> frames = door.entered(client, fields);
    Frame welcome = frames.get(0);
    assertTrue(welcome.json().getBoolean("resync_required"), welcome.text());
    assertEquals(reason, welcome.string("resync_reason"));
    assertEquals(List.of(welcome.type(), "snapshot", "replay_complete"), Scene.types(frames));
    Frame snapshot = frames.get(1);
    assertEquals(reason, snapshot.string("reason"));
    assertEquals(welcome.string("epoch"), snapshot.string("epoch"));
    assertEquals(head, snapshot.number("event_cursor"));
    assertEquals(head, frames.get(2).number("cursor"));
    return welcome;
  }

  @Test
  void r7WhileNothingIsRetainedTheFloorIsTheCursorPlusOne() {
    try (WireClient client = scene.alice()) {
      Frame created = client.create();
      assertEquals(0, created.number("cursor"));
      assertEquals(1, created.number("oldest_cursor"));
      String sessionId = created.string("session_id");
      Scene.ask(client, "soon forgotten", "m-1");
      long head = scene.head(sessionId);
      scene.database().raiseFloor(sessionId, head + 1);
      Frame joined = client.join(sessionId);
      assertEquals(head, joined.number("cursor"));
      assertEquals(head + 1, joined.number("oldest_cursor"));
      Scene.ask(client, "kept", "m-2");
      assertEquals(head + 1, client.join(sessionId).number("oldest_cursor"));
    }
  }

  @Test
  void r7NobodyLowersTheFloor() {
    String sessionId = scene.sessionWith("one", "two");
    scene.database().raiseFloor(sessionId, 9);
    assertThrows(RuntimeException.class, () -> scene.database().raiseFloor(sessionId, 4));
    scene.purge("100 years", 1_000_000);
    try (WireClient client = scene.alice()) {
      assertEquals(9, client.join(sessionId).number("oldest_cursor"));
    }
  }

  @Test
  void r7TheFloorOnlyRisesWhileEventsComeAndThePurgeTakesThemAway() {
    try (WireClient writer = scene.alice();
        WireClient client = scene.alice()) {
      String sessionId = writer.create().string("session_id");
      List<Long> floors = new ArrayList<>();
      writer.say("word ".repeat(100), "m-1", 10).awaitEvent("token_stream");
      while (scene.count(sessionId, "turn", "status = 'running'") > 0) {
        scene.purge("0 seconds", 1_000_000);
        Frame joined = client.join(sessionId);
        floors.add(joined.number("oldest_cursor"));
        assertTrue(joined.number("oldest_cursor") <= joined.number("cursor") + 1, joined.text());
      }
      assertEquals(floors.stream().sorted().toList(), floors);
      assertTrue(floors.stream().distinct().count() > 3, floors.toString());
      scene.purge("0 seconds", 1_000_000);
      assertEquals(scene.head(sessionId) + 1, client.join(sessionId).number("oldest_cursor"));
      assertEquals(List.of(), scene.database().invariantViolations());
    }
  }
}
