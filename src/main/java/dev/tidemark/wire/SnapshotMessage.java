package dev.tidemark.wire;

import java.time.Instant;
import java.util.Objects;

/**
 * A message of the session's history, inside a snapshot.
 *
 * @param contentJson the content: the text of a JSON string or object
 * @param senderId the sender
 * @param sessionId the session
 * @param messageId the message's id, unique for its sender
 * @param timestamp the time of recording
 * @param metadataJson the text of a JSON object
 * @param cursor the cursor of the message's event
 */
public record SnapshotMessage(
    String contentJson,
    String senderId,
    String sessionId,
    String messageId,
    Instant timestamp,
    String metadataJson,
    long cursor) {
  public SnapshotMessage {
    Objects.requireNonNull(contentJson, "contentJson");
    Objects.requireNonNull(senderId, "senderId");
    Objects.requireNonNull(sessionId, "sessionId");
    Objects.requireNonNull(messageId, "messageId");
    Objects.requireNonNull(timestamp, "timestamp");
    Objects.requireNonNull(metadataJson, "metadataJson");
  }

  String encode() {
    return new JsonText(contentJson.length() + metadataJson.length() + 256)
        .json("content", contentJson)
        .text("sender_id", senderId)
        .text("session_id", sessionId)
        .text("message_id", messageId)
        .time("timestamp", timestamp)
        .json("metadata", metadataJson)
        .number("cursor", cursor)
        .end();
  }
}
