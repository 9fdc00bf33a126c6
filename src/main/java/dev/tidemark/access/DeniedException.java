package dev.tidemark.access;

import java.util.Optional;

/** A request that {@link Gate} does not let pass, and what its client is told. */
final class DeniedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final long waitSeconds;
  private String challenge;

  DeniedException(int status, String code, String message) {
    this(status, code, message, 0);
  }

  /**
   * @param waitSeconds when to come back; 0 says nothing
   */
  DeniedException(int status, String code, String message, long waitSeconds) {
    super(message);
    this.status = status;
    this.code = code;
    this.waitSeconds = waitSeconds;
  }

  /** The same may be asked again in a moment. */
  static DeniedException forNow(String message) {
    return forNow("unavailable", message);
  }

  static DeniedException forNow(String code, String message) {
    return new DeniedException(503, code, message, 5);
  }

  /** Says with which credentials the client would get further. */
  DeniedException challenging(String scheme) {
    challenge = scheme;
    return this;
  }

  /** The value of {@code WWW-Authenticate}. */
  Optional<String> challenge() {
    return Optional.ofNullable(challenge);
  }

  /** Another token would help, or waiting, or neither: that one is of somebody without a place. */
  static DeniedException of(TokenException refusal) {
    String code = refusal.code().wireName();
    return switch (refusal.code()) {
      case KEYS_UNAVAILABLE -> new DeniedException(503, code, refusal.getMessage(), 5);
      case WRONG_CALLER -> new DeniedException(403, code, refusal.getMessage());
      default -> new DeniedException(401, code, refusal.getMessage());
    };
  }

  /** There was too much of it. */
  static DeniedException tooMany(String code, String message, long waitSeconds) {
    return new DeniedException(FailedAttempts.TOO_MANY_REQUESTS, code, message, waitSeconds);
  }

  /** Known, but not allowed. */
  static DeniedException forbidden(String message) {
    return new DeniedException(403, "not_allowed", message);
  }

  /** Nobody knows who it is. */
  static DeniedException unknown(String message) {
    return new DeniedException(401, "auth_required", message);
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  long waitSeconds() {
    return waitSeconds;
  }
}
