package dev.tidemark.wire;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * A refusal of a {@code hello}, or of a connection before its join.
 *
 * @param code the code of the fault
 * @param message the text for a person
 * @param retryAfterSeconds the time until a retry makes sense, in seconds
 */
public record HelloError(ErrorCode code, String message, OptionalLong retryAfterSeconds)
    implements ConnectionFrame {
  public HelloError {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(retryAfterSeconds, "retryAfterSeconds");
  }

  @Override
  public String encode() {
    return new ErrorFrame(code, message, retryAfterSeconds).encode("hello_error");
  }
}
