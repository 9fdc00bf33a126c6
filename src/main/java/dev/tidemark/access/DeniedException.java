package dev.tidemark.access;

import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.OptionalLong;

/** A request that {@link Gate} does not let pass, and what its client is told. */
final class DeniedException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final long SOON_SECONDS = 5;

  private final int status;
  private final String code;
  private final transient OptionalLong waitSeconds;
  private final transient Map<String, String> headers;

  DeniedException(int status, String code, String message) {
    this(status, code, message, OptionalLong.empty(), Map.of());
  }

  /**
   * @param waitSeconds when to come back, if that helps
   * @param headers of the answer
   */
  DeniedException(
      int status,
      String code,
      String message,
      OptionalLong waitSeconds,
      Map<String, String> headers) {
    super(message);
    this.status = status;
    this.code = code;
    this.waitSeconds = waitSeconds;
    this.headers = headers;
  }

  /** The same may be asked again in a moment. */
  static DeniedException forNow(String message) {
    return forNow("unavailable", message);
  }

  static DeniedException forNow(String code, String message) {
    return new DeniedException(
        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
        code,
        message,
        OptionalLong.of(SOON_SECONDS),
        Map.of());
  }

  /** There was too much of it, for so long. */
  static DeniedException tooMany(String code, String message, long waitSeconds) {
    return new DeniedException(
        FailedAttempts.TOO_MANY_REQUESTS, code, message, OptionalLong.of(waitSeconds), Map.of());
  }

  /** Known, but not allowed. */
  static DeniedException forbidden(String message) {
    return new DeniedException(HttpServletResponse.SC_FORBIDDEN, "not_allowed", message);
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  OptionalLong waitSeconds() {
    return waitSeconds;
  }

  Map<String, String> headers() {
    return headers;
  }
}
