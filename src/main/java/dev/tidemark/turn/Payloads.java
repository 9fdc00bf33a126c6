package dev.tidemark.turn;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;

/** The data of the events of a turn, as {@code docs/protocol.md} shows them. */
final class Payloads {
  private Payloads() {}

  static String message(JsonValue content, String sender, String messageId, JsonObject metadata) {
    return Json.createObjectBuilder()
        .add("content", content)
        .add("sender_id", sender)
        .add("message_id", messageId)
        .add("metadata", metadata)
        .build()
        .toString();
  }

  static String turnStarted(Turn turn) {
    return Json.createObjectBuilder()
        .add("message_id", turn.messageId)
        .add("agent_id", turn.agentId)
        .add("attempt", turn.attempt)
        .build()
        .toString();
  }

  static String content(String content) {
    return Json.createObjectBuilder().add("content", content).build().toString();
  }

  static String toolCall(String callId, String name, JsonObject arguments) {
    return Json.createObjectBuilder()
        .add("call_id", callId)
        .add("name", name)
        .add("arguments", arguments)
        .build()
        .toString();
  }

  static String toolResult(String callId, String name, JsonValue result) {
    return Json.createObjectBuilder()
        .add("call_id", callId)
        .add("name", name)
        .add("result", result)
        .build()
        .toString();
  }

  static String patch(JsonObject patch) {
    return Json.createObjectBuilder().add("patch", patch).build().toString();
  }

  static String response(JsonValue content, String messageId) {
    return Json.createObjectBuilder()
        .add("content", content)
        .add("outcome", TurnStatus.COMPLETED.text())
        .add("message_id", messageId)
        .build()
        .toString();
  }

  static String aborted(String reason, String messageId) {
    return Json.createObjectBuilder()
        .add("reason", reason)
        .add("message_id", messageId)
        .build()
        .toString();
  }

  static String failed(String reason, String publicMessage, String messageId) {
    return Json.createObjectBuilder()
        .add("reason", reason)
        .add("message", publicMessage)
        .add("message_id", messageId)
        .build()
        .toString();
  }

  static String interrupted(String reason, boolean retried, String messageId) {
    return Json.createObjectBuilder()
        .add("reason", reason)
        .add("retried", retried)
        .add("message_id", messageId)
        .build()
        .toString();
  }

  static String streamEnd(TurnStatus outcome) {
    return Json.createObjectBuilder().add("outcome", outcome.text()).build().toString();
  }
}
