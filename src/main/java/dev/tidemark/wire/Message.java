package dev.tidemark.wire;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.Objects;
import java.util.Optional;

/**
 * A client's message to the session's agent.
 *
 * @param content a text or an object, not empty
 * @param messageId the client's own id of the message, 1 to 128 characters; a repeat with the same
 *     id is taken once (R10)
 * @param metadata the client's own data with the message; empty when it sent none
 */
public record Message(JsonValue content, Optional<String> messageId, JsonObject metadata)
    implements ClientFrame {
  public Message {
    Objects.requireNonNull(content, "content");
    Objects.requireNonNull(messageId, "messageId");
    Objects.requireNonNull(metadata, "metadata");
  }

  @Override
  public String type() {
    return "message";
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.message(this);
  }
}
