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
 * @param toolCallsTruncated whether its oldest tool calls are left out
 */
public record RunningTurn(
    String turnId,
    String messageId,
    String status,
    String content,
    List<String> toolCallsJson,
    boolean toolCallsTruncated) {
  public RunningTurn {
    Objects.requireNonNull(turnId, "turnId");
    Objects.requireNonNull(messageId, "messageId");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(content, "content");
    toolCallsJson = List.copyOf(toolCallsJson);
  }

  /** Appends the turn as a JSON object. */
  void write(StringBuilder out) {
    JsonText json =
        new JsonText(out)
            .text("turn_id", turnId)
            .text("message_id", messageId)
            .text("status", status)
            .text("content", content)
            .array("tool_calls", toolCallsJson);
    if (toolCallsTruncated) {
      json.flag("tool_calls_truncated", true);
    }
    json.close();
  }

  long length() {
    return content.length() + toolCallsJson.stream().mapToLong(String::length).sum();
  }
}
