package dev.tidemark.socket;

import dev.tidemark.wire.ErrorCode;
import java.util.OptionalLong;

/** What a client asked for is refused; its code and message go to the client. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final transient OptionalLong retryAfterSeconds;

  RefusedException(ErrorCode code, String message) {
    this(code, message, OptionalLong.empty());
  }

  RefusedException(ErrorCode code, String message, OptionalLong retryAfterSeconds) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  ErrorCode code() {
    return code;
  }

  OptionalLong retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
