package dev.tidemark.turn;

import dev.tidemark.wire.JsonText;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;

/** The payloads of a turn's events, as {@code docs/protocol.md} shows them. */
final class Payloads {
  private Payloads() {}

  static String message(Messages.Said said) {
    return JsonText.object()
        .json("content", said.content())
        .text("sender_id", said.key().sender())
        .text("message_id", said.key().messageId())
        .json("metadata", said.metadata())
        .end();
  }

  static String turnStarted(Turn turn) {
    return JsonText.object()
        .text("message_id", turn.messageId)
        .text("agent_id", turn.agentId)
        .number("attempt", turn.attempt)
        .end();
  }

  static String content(String content) {
    return JsonText.object().text("content", content).end();
  }

  static String toolCall(String callId, String name, JsonObject arguments) {
    return JsonText.object()
        .text("call_id", callId)
        .text("name", name)
        .json("arguments", arguments.toString())
        .end();
  }

  static String toolResult(String callId, String name, JsonValue result) {
    return JsonText.object()
        .text("call_id", callId)
        .text("name", name)
        .json("result", result.toString())
        .end();
  }

  static String patch(JsonObject patch) {
    return JsonText.object().json("patch", patch.toString()).end();
  }

  static String response(JsonValue content, String messageId) {
    return JsonText.object()
        .json("content", content.toString())
        .text("outcome", TurnStatus.COMPLETED.text())
        .text("message_id", messageId)
        .end();
  }

  static String aborted(String reason, String messageId) {
    return JsonText.object().text("reason", reason).text("message_id", messageId).end();
  }

  static String failed(String reason, String publicMessage, String messageId) {
    return JsonText.object()
        .text("reason", reason)
        .text("message", publicMessage)
        .text("message_id", messageId)
        .end();
  }

  static String interrupted(String reason, boolean retried, String messageId) {
    return JsonText.object()
        .text("reason", reason)
        .flag("retried", retried)
        .text("message_id", messageId)
        .end();
  }

  static String streamEnd(TurnStatus outcome) {
    return JsonText.object().text("outcome", outcome.text()).end();
  }
}
