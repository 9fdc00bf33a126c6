package dev.tidemark.wire;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A refusal of anything but a {@code hello}.
 *
 * @param code the code of the fault
 * @param message the text for a person: the field, the fault, the allowed values
 * @param retryAfterSeconds the time until a retry makes sense, in seconds
 * @param messageId the id of the refused message, if it was a message: it was not taken (R10)
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

  /** {@code error} and {@code hello_error} have the same fields. */
  String encode(String type) {
    JsonText json = JsonText.frame(type).text("code", code.wireName()).text("message", message);
    code.nextStep().ifPresent(step -> json.text("next_step", step.wireName()));
    messageId.ifPresent(id -> json.text("message_id", id));
    retryAfterSeconds.ifPresent(seconds -> json.number("retry_after_seconds", seconds));
    return json.end();
  }
}
