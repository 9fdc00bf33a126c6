package dev.tidemark.socket;

import dev.tidemark.access.limit.Quota;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.wire.ErrorCode;
import java.util.OptionalLong;

/** A client's frame is refused; code and message are sent to the client. */
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

  static RefusedException of(QuotaExceededException exceeded) {
    return new RefusedException(
        code(exceeded.quota()),
        exceeded.getMessage(),
        OptionalLong.of(exceeded.retryAfterSeconds()));
  }

  private static ErrorCode code(Quota quota) {
    return switch (quota) {
      case CONNECTIONS -> ErrorCode.TOO_MANY_CONNECTIONS;
      case JOINS -> ErrorCode.TOO_MANY_JOINS;
      case MESSAGES -> ErrorCode.TOO_MANY_MESSAGES;
      case ABORTS -> ErrorCode.TOO_MANY_ABORTS;
      case FRAMES -> ErrorCode.TOO_FAST;
      case SESSIONS -> ErrorCode.TOO_MANY_SESSIONS;
      case REQUESTS, BODIES, BYTES, TICKETS, FAILURES ->
          throw new IllegalArgumentException(quota + " is asked by HTTP only");
    };
  }

  ErrorCode code() {
    return code;
  }

  OptionalLong retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
