package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.ResumingClient;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.wire.EventTypes;
import jakarta.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that names {@code batch} or {@code compact} gets what it named and loses nothing. */
final class CapabilitiesIT {
  private static final int WORDS = 40;

  private final Scene scene = new Scene();

  @Test
  void theAnswerSaysWhatIsGrantedUntilTheNextJoin() {
    String sessionId = scene.sessionWith("hello");
    try (WireClient client = scene.alice()) {
      assertEquals("[]", granted(client.join(sessionId, 0)));
      assertEquals(
          "[\"batch\",\"compact\"]",
          granted(client.join(sessionId, 0, "compact", "telepathy", "batch")));
      assertEquals("[\"compact\"]", granted(client.join(sessionId, 0, "compact")));
    }
  }

  @Test
  void aBatchedReplayHoldsTheSameFramesInTheSameOrderInFewerMessages() {
    String sessionId = scene.sessionWith("word ".repeat(WORDS), "and \u00e9\ud83c\udf0a more");
    try (WireClient each = scene.alice();
        WireClient batched = scene.alice()) {
      each.join(sessionId, 0);
      batched.join(sessionId, 0, "batch");
      each.await("replay_complete");
      batched.await("replay_complete");
      assertEquals(
          texts(each.frames().subList(1, each.frames().size())),
          texts(batched.frames().subList(1, batched.frames().size())));
      assertEquals(each.frames().size(), each.messages());
      assertTrue(batched.messages() <= 3, batched.messages() + " messages");
    }
  }

  /** Begins around the edges of blocks, whose frames share one text. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63, 64, 65, 127, 129})
  void aReplayHoldsTheLogWhereverItBegins(long since) {
    String sessionId = scene.sessionWith("word ".repeat(90), "\u00e9\ud83c\udf0a ".repeat(90), "c");
    try (WireClient each = scene.alice();
        WireClient batched = scene.alice()) {
      batched.join(sessionId, since, "batch");
      batched.await("replay_complete");
      each.join(sessionId, since);
      each.await("replay_complete");
      scene.assertSawLogFrom(batched, sessionId, since);
      scene.assertSawLogFrom(each, sessionId, since);
      assertEquals(texts(each.events()), texts(batched.events()));
    }
  }

  @Test
  void aFrameLargerThanABatchGoesAloneAndInOrder() {
    String large = "x".repeat(100_000);
    String sessionId = scene.sessionWith("before", large, "after");
    try (WireClient batched = scene.alice()) {
      batched.join(sessionId, 0, "batch");
      batched.await("replay_complete");
      scene.assertSawLogFrom(batched, sessionId, 0);
    }
  }

  @Test
  void liveEventsComeAtOnceAlsoToAClientThatTakesBatches() {
    try (WireClient client = scene.alice()) {
      String sessionId = client.create().string("session_id");
      client.join(sessionId, 0, "batch");
      client.say("a b", "m-1", 3_000).awaitEvent("token_stream");
      assertTrue(scene.head(sessionId) < 6, "the first came before the last was said");
      client.send("{\"type\":\"abort\"}").awaitEvent("stream_end");
      scene.assertSawLogFrom(client, sessionId, 0);
    }
  }

  @Test
  void aCompactReplayLeavesOutTheDeltasOfCompletedTurnsAndNoOthers() {
    String sessionId = scene.sessionWith("word ".repeat(WORDS));
    try (WireClient speaker = scene.alice();
        WireClient compact = scene.alice()) {
      speaker.join(sessionId);
      speaker.say(
          "this one fails",
          "m-fails",
          Json.createObjectBuilder().add("echo", Json.createObjectBuilder().add("fail_after", 2)));
      speaker.awaitEvent("stream_end");
      long head = scene.head(sessionId);

      compact.join(sessionId, 0, "compact");
      assertEquals(head, compact.await("replay_complete").number("cursor"));
      requireNumbered(compact.events(), 0);
      List<String> types = compact.events().stream().map(Frame::event).map(Frame::type).toList();
      assertEquals(
          List.of("message", "turn_started", "state_update", "response", "stream_end"),
          types.subList(0, 5));
      assertEquals(2, types.stream().filter("token_stream"::equals).count(), types.toString());
      assertTrue(types.contains("turn_failed"));
      Frame response = compact.awaitEvent("response");
      assertEquals(
          "word ".repeat(WORDS),
          response.event().json().getJsonObject("data").getString("content"));
      Frame update = compact.awaitEvent("state_update");
      assertEquals(update.number("seq") - WORDS - 2, update.number("from_seq"));
    }
  }

  @Test
  void aTurnThatRunsAtTheJoinIsReplayedPieceByPieceAndLiveNothingIsLeftOut() {
    try (WireClient speaker = scene.alice();
        WireClient compact = scene.alice()) {
      String sessionId = speaker.create().string("session_id");
      speaker.say("one two", "m-1", 3_000);
      speaker.awaitEvent("token_stream");
      compact.join(sessionId, 0, "compact", "batch");
      compact.awaitEvent("stream_end");
      assertEquals(
          LongStream.rangeClosed(1, scene.head(sessionId)).boxed().toList(),
          compact.events().stream().map(frame -> frame.seq().orElseThrow()).toList());
    }
  }

  @Test
  void whoIsCutOffAnywhereInACompactReplayComesBackWithTheRest() {
    String sessionId = scene.sessionWith("word ".repeat(WORDS), "b ".repeat(WORDS), "c");
    long head = scene.head(sessionId);
    Random random = new Random(7);
    for (int round = 0; round < 12; round++) {
      List<Frame> got = new ArrayList<>();
      long cursor = random.nextLong(head);
      long since = cursor;
      while (cursor < head) {
        String[] capabilities =
            random.nextBoolean() ? new String[] {"compact"} : new String[] {"compact", "batch"};
        try (WireClient client = scene.alice()) {
          client.join(sessionId, cursor, capabilities);
          client.await("replay_complete");
          List<Frame> events = client.events();
          int taken = 1 + random.nextInt(events.size()); // then the client was cut off
          got.addAll(events.subList(0, taken));
          cursor = events.get(taken - 1).seq().orElseThrow();
        }
      }
      requireNumbered(got, since);
    }
  }

  @Test
  void aFloorThatRisesWhileAClientIsAwayGivesItASnapshotAndThenItGoesOnCompact() {
    String sessionId = scene.sessionWith("word ".repeat(WORDS), "b ".repeat(WORDS));
    long head = scene.head(sessionId);
    try (WireClient client = scene.alice()) {
      client.join(sessionId, 0, "compact");
      client.await("replay_complete");
      Frame middle = client.events().get(1);
      scene.database().raiseFloor(sessionId, head - 3);

      Frame refused = client.join(sessionId, middle.seq().orElseThrow(), "compact", "batch");
      assertEquals("below_floor", refused.string("resync_reason"));
      assertEquals(head, client.await("snapshot").number("event_cursor"));
    }
    try (WireClient client = scene.alice()) {
      client.join(sessionId, head - 4, "compact");
      client.await("replay_complete");
      requireNumbered(client.events(), head - 4);
    }
  }

  @Test
  void aClientThatKeepsComingBackHoldsTheWholeLogWhateverItNames() {
    String sessionId = "kept-" + System.nanoTime();
    try (ResumingClient speaker =
            ResumingClient.open(
                scene.gateway().server().socketUri("/ws"), "alice", sessionId, "batch");
        ResumingClient compact =
            ResumingClient.open(
                scene.gateway().server().socketUri("/ws"),
                "alice",
                sessionId,
                "compact",
                "batch")) {
      Random random = new Random(11);
      for (int i = 0; i < 6; i++) {
        speaker.say("word ".repeat(1 + random.nextInt(WORDS)), "m-" + i, 1);
      }
      Awaitility.await("both hold the whole log")
          .atMost(WireClient.PATIENCE)
          .until(
              () -> {
                speaker.step();
                compact.step(); // checks each number itself
                if (random.nextInt(20) == 0) {
                  (random.nextBoolean() ? speaker : compact).cut();
                }
                return ends(speaker) == 6 && compact.cursor() == speaker.cursor();
              });
      assertEquals(scene.head(sessionId), compact.cursor());
      assertEquals(texts(notDeltas(speaker.events())), texts(notDeltas(compact.events())));
    }
  }

  private static long ends(ResumingClient client) {
    return client.events().stream().filter(event -> event.is("stream_end")).count();
  }

  private static List<Frame> notDeltas(List<Frame> events) {
    return events.stream().filter(event -> !EventTypes.isDelta(event.type())).toList();
  }

  /** R4 with {@code from_seq}. */
  private static void requireNumbered(List<Frame> events, long baseline) {
    long cursor = baseline;
    for (Frame event : events) {
      assertEquals(cursor + 1, event.firstSeq().orElseThrow(), event.text());
      cursor = event.seq().orElseThrow();
    }
  }

  private static List<String> texts(List<Frame> frames) {
    return frames.stream().map(Frame::text).toList();
  }

  private static String granted(Frame joined) {
    return joined.json().getJsonArray("capabilities").toString();
  }
}
