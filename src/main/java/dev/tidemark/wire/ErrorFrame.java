package dev.tidemark.wire;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A refusal of anything but a {@code hello}.
 *
 * @param code what went wrong
 * @param message the same for a person: which field, what was wrong, what is allowed
 * @param retryAfterSeconds when it makes sense to try again
 * @param messageId the message that was refused, if it was one: it was not taken (R10)
 */
public record ErrorFrame(
    ErrorCode code, String message, OptionalLong retryAfterSeconds, Optional<String> messageId)
    implements ConnectionFrame {
  public ErrorFrame(ErrorCode code, String message, OptionalLong retryAfterSeconds) {
    this(code, message, retryAfterSeconds, Optional.empty());
  }

  public ErrorFrame {
    Objects.requireNonNull(messageId, "messageId");
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(retryAfterSeconds, "retryAfterSeconds");
  }

  @Override
  public String encode() {
    return encode("error");
  }

  /** Both refusals have the same fields under two names. */
  String encode(String type) {
    JsonText json = JsonText.frame(type).text("code", code.wireName()).text("message", message);
    code.nextStep().ifPresent(step -> json.text("next_step", step.wireName()));
    messageId.ifPresent(id -> json.text("message_id", id));
    retryAfterSeconds.ifPresent(seconds -> json.number("retry_after_seconds", seconds));
    return json.end();
  }
}
