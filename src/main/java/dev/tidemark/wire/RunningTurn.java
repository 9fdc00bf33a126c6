package dev.tidemark.wire;

import java.util.List;
import java.util.Objects;

/**
 * The turn that is under way at a snapshot's cursor.
 *
 * @param turnId the turn
 * @param messageId the message that it answers
 * @param status {@code running}
 * @param content the tokens so far, joined
 * @param toolCallsJson its tool calls so far, each the text of a JSON object: the {@code data} of
 *     its {@code tool_call_stream}
 */
public record RunningTurn(
    String turnId, String messageId, String status, String content, List<String> toolCallsJson) {
  public RunningTurn {
    Objects.requireNonNull(turnId, "turnId");
    Objects.requireNonNull(messageId, "messageId");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(content, "content");
    toolCallsJson = List.copyOf(toolCallsJson);
  }

  String encode() {
    return new JsonText(content.length() + 256)
        .text("turn_id", turnId)
        .text("message_id", messageId)
        .text("status", status)
        .text("content", content)
        .array("tool_calls", toolCallsJson)
        .end();
  }
}
