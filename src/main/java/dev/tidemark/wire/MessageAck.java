package dev.tidemark.wire;

import java.util.Objects;

/**
 * The confirmation, sent after the commit, that a message is recorded and cannot be lost (R10).
 *
 * @param messageId the client's id of the message, or else the one that it was given
 * @param cursor the cursor of its {@code message} event
 * @param duplicate whether it was recorded before, at that cursor, and is not taken again
 */
public record MessageAck(String messageId, long cursor, boolean duplicate)
    implements ConnectionFrame {
  public MessageAck {
    Objects.requireNonNull(messageId, "messageId");
  }

  @Override
  public String encode() {
    return JsonText.frame("message_ack")
        .text("message_id", messageId)
        .number("cursor", cursor)
        .flag("duplicate", duplicate)
        .end();
  }
}
