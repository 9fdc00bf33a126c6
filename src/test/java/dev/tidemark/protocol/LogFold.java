package dev.tidemark.protocol;

import dev.tidemark.testing.database.TestDatabase.Logged;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model of a session after some of its events, by the words of the protocol and without the
 * gateway's code: a snapshot must equal it (R8).
 */
final class LogFold {
  private JsonValue state = JsonValue.EMPTY_JSON_OBJECT;
  private final List<JsonObject> messages = new ArrayList<>();
  private final Map<String, JsonObject> calls = new LinkedHashMap<>();
  private final StringBuilder content = new StringBuilder();
  private String runningMessage;

  /** Applies the events up to a cursor. */
  static LogFold of(List<Logged> log, long untilCursor) {
    LogFold fold = new LogFold();
    log.stream().filter(event -> event.cursor() <= untilCursor).forEach(fold::add);
    return fold;
  }

  private void add(Logged event) {
    JsonObject data = parse(event.payload());
    switch (event.type()) {
      case "message" -> said(event, data);
      case "turn_started" -> {
        runningMessage = data.getString("message_id");
        content.setLength(0);
        calls.clear();
      }
      case "token_stream" -> content.append(data.getString("content"));
      case "tool_call_stream" -> calls.put(data.getString("call_id"), data);
      case "tool_result_stream" ->
          calls.compute(
              data.getString("call_id"),
              (id, call) ->
                  Json.createObjectBuilder(call).add("result", data.get("result")).build());
      case "state_update" -> state = Json.createMergePatch(data.get("patch")).apply(state);
      case "response" -> {
        said(event, data);
        runningMessage = null;
      }
      case "turn_failed", "aborted", "turn_interrupted" -> runningMessage = null;
      default -> {
        // Nothing else changes a session.
      }
    }
  }

  private void said(Logged event, JsonObject data) {
    messages.add(
        Json.createObjectBuilder()
            .add("content", data.get("content"))
            .add("cursor", event.cursor())
            .build());
  }

  /** Returns state, messages and running turn as one object that can be compared. */
  JsonObject json() {
    return Json.createObjectBuilder()
        .add("state", state)
        .add("messages", Json.createArrayBuilder(messages))
        .add("turn", runningMessage == null ? JsonValue.NULL : turn())
        .build();
  }

  private JsonObject turn() {
    return Json.createObjectBuilder()
        .add("message_id", runningMessage)
        .add("content", content.toString())
        .add("tool_calls", Json.createArrayBuilder(calls.values()))
        .build();
  }

  /** Returns the same object for a {@code snapshot} frame. */
  static JsonObject ofSnapshot(JsonObject snapshot) {
    JsonObject session = snapshot.getJsonObject("state");
    var messages = Json.createArrayBuilder();
    for (JsonObject message : session.getJsonArray("messages").getValuesAs(JsonObject.class)) {
      messages.add(pick(message, "content", "cursor"));
    }
    return Json.createObjectBuilder()
        .add("state", session.get("state"))
        .add("messages", messages)
        .add(
            "turn",
            session.get("turn") instanceof JsonObject turn
                ? pick(turn, "message_id", "content", "tool_calls").build()
                : JsonValue.NULL)
        .build();
  }

  private static JsonObjectBuilder pick(JsonObject from, String... fields) {
    JsonObjectBuilder picked = Json.createObjectBuilder();
    for (String field : fields) {
      picked.add(field, from.get(field));
    }
    return picked;
  }

  private static JsonObject parse(String json) {
    try (JsonReader reader = Json.createReader(new StringReader(json))) {
      return reader.readObject();
    }
  }
}
