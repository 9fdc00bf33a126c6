package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.SmallGateway;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The maximum sizes of events, answers, states and snapshots, and the effect of one byte more. */
public final class EventSizesIT {
  private final Gateway gateway = SmallGateway.get();

  @Test
  void aMessageLargerThanAnEventIsRefusedAndNothingIsLost() {
    String envelope =
        "{\"content\":\"\",\"sender_id\":\"alice\",\"message_id\":\"m-1\",\"metadata\":{}}";
    int max = SmallGateway.EVENT_BYTES - envelope.length();
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.createWith("wordy");
      client.say("x".repeat(max + 1), "m-1", Json.createObjectBuilder());
      assertEquals("invalid_message", client.await("error").string("code"));
      assertEquals(List.of(), gateway.database().log(sessionId));
      client.say("x".repeat(max), "m-1", Json.createObjectBuilder());
      assertFalse(client.await("message_ack").json().getBoolean("duplicate"));
      client.awaitEvent("stream_end");
      Logged message = gateway.database().log(sessionId).get(0);
      assertEquals(SmallGateway.EVENT_BYTES, message.payload().length());
    }
  }

  @Test
  void anAnswerOfTheLargestSizePassesAndALargerOneEndsTheTurnAsFailed() {
    int max =
        SmallGateway.EVENT_BYTES
            - "{\"content\":\"\",\"outcome\":\"completed\",\"message_id\":\"m\"}".length();
    assertEquals("completed", outcome(asking("answer", max)));
    assertEquals("output_too_large", outcome(asking("answer", max + 1)));
    assertEquals("output_too_large", outcome(asking("quotes", max / 2 + 1)));
  }

  @Test
  void tokensThatTogetherAreTooLargeEndTheTurnAsFailed() {
    int max = SmallGateway.EVENT_BYTES - 512; // room for the rest of the event
    assertEquals("completed", outcome(asking("token", max)));
    assertEquals("output_too_large", outcome(asking("token", max + 1)));
  }

  @Test
  void aStateOfTheLargestSizePassesAndALargerOneEndsTheTurnAndChangesNothing() {
    int max = SmallGateway.STATE_BYTES - "{\"kept\":\"\"}".length();
    assertEquals("completed", outcome(asking("state", max)));
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.createWith("wordy");
      client.say("x", "m", asking("state", max + 1)).awaitEvent("stream_end");
      assertEquals(
          List.of("message", "turn_started", "turn_failed", "stream_end"),
          gateway.database().log(sessionId).stream().map(Logged::type).toList());
      assertEquals(JsonObject.EMPTY_JSON_OBJECT, snapshot(sessionId).getJsonObject("state"));
    }
  }

  @Test
  void anEventLargerThanPageAndWindowIsDeliveredLiveAndReplayed() {
    try (WireClient live = gateway.connect("alice");
        WireClient replayed = gateway.connect("alice")) {
      String sessionId = live.createWith("wordy");
      live.say("x", "m", reasoning(3, SmallGateway.EVENT_BYTES - 20)).awaitEvent("stream_end");
      replayed.join(sessionId, 0);
      replayed.await("replay_complete");
      List<String> log = gateway.database().log(sessionId).stream().map(Logged::payload).toList();
      assertEquals(log, live.events().stream().map(Frame::data).toList());
      assertEquals(log, replayed.events().stream().map(Frame::data).toList());
    }
  }

  @Test
  void aReplayOfManyPagesOfTwoEventsIsWhole() {
    try (WireClient live = gateway.connect("alice");
        WireClient replayed = gateway.connect("alice")) {
      String sessionId = live.createWith("wordy");
      live.say("x", "m", reasoning(23, 100)).awaitEvent("stream_end");
      for (long since : List.of(0L, 1L, 25L, 26L)) {
        int before = replayed.frames().size();
        replayed.join(sessionId, since);
        replayed.await("replay_complete", before);
        assertEquals(
            gateway.database().log(sessionId).stream()
                .map(Logged::cursor)
                .filter(cursor -> cursor > since)
                .toList(),
            replayed.frames().subList(before, replayed.frames().size()).stream()
                .filter(frame -> frame.is("replay"))
                .map(frame -> frame.number("seq"))
                .toList());
      }
    }
  }

  @Test
  void aSnapshotHasTheNewestMessagesAndEventsAndSaysHowManyThereAre() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      client.say("one", "m-1", 0).awaitEvent("stream_end");
      JsonObject whole = snapshot(sessionId);
      assertEquals(2, whole.getJsonArray("messages").size());
      assertEquals(2, whole.getInt("messages_total"));
      assertFalse(whole.getBoolean("messages_truncated"));

      client.say("two", "m-2", 0);
      client.awaitSeq(16); // the stream_end of the second turn
      JsonObject cut = snapshot(sessionId);
      assertEquals(
          List.of("one", "two", "two"), texts(cut), "the newest messages, the oldest first");
      assertEquals(4, cut.getInt("messages_total"));
      assertTrue(cut.getBoolean("messages_truncated"));
      assertEquals(
          List.of(13, 14, 15, 16),
          cut.getJsonArray("events").getValuesAs(JsonObject.class).stream()
              .map(event -> event.getInt("seq"))
              .toList());
    }
  }

  @Test
  void aSnapshotHasSoManyBytesOfMessagesAndOfEventsAndNotOneMore() {
    int half = SmallGateway.SNAPSHOT_BYTES / 2 - "{}".length() - "\"\"".length();
    assertEquals(2, texts(snapshotAfter("x".repeat(half))).size());
    JsonObject cut = snapshotAfter("\u00e9".repeat(half / 2) + "xx");
    assertEquals(1, texts(cut).size(), "the bytes count, and not the characters");
    assertEquals(2, cut.getInt("messages_total"));
    assertTrue(cut.getBoolean("messages_truncated"));
    assertEquals(
        List.of("response", "stream_end"),
        cut.getJsonArray("events").getValuesAs(JsonObject.class).stream()
            .map(event -> event.getString("type"))
            .filter(type -> !type.equals("state_update"))
            .toList());
  }

  private JsonObject snapshotAfter(String content) {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      client.say(content, "m", Json.createObjectBuilder()).awaitEvent("stream_end");
      return snapshot(sessionId);
    }
  }

  private JsonObject snapshot(String sessionId) {
    try (WireClient client = gateway.connect("alice")) {
      client.join(Json.createObjectBuilder().add("session_id", sessionId).add("snapshot", true));
      return client.await("snapshot").json().getJsonObject("state");
    }
  }

  private static List<String> texts(JsonObject snapshot) {
    return snapshot.getJsonArray("messages").getValuesAs(JsonObject.class).stream()
        .map(message -> message.getString("content"))
        .toList();
  }

  /** Lets an agent do as asked; returns the outcome of the turn, or the reason of its failure. */
  private String outcome(JsonObjectBuilder wishes) {
    try (WireClient client = gateway.connect("alice")) {
      client.createWith("wordy");
      client.say("x", "m", wishes).awaitEvent("stream_end");
      JsonObject terminal =
          client.events().get(client.events().size() - 2).json().getJsonObject("data");
      return terminal.getString("outcome", terminal.getString("reason", ""));
    }
  }

  private static JsonObjectBuilder asking(String what, int bytes) {
    return Json.createObjectBuilder().add(what, bytes);
  }

  public static JsonObjectBuilder reasoning(int events, int bytes) {
    return Json.createObjectBuilder()
        .add("reasoning", Json.createObjectBuilder().add("events", events).add("bytes", bytes));
  }
}
