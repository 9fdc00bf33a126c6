package dev.tidemark.access.gate;

import dev.tidemark.access.limit.FailedLogins;
import dev.tidemark.access.token.TokenException;
import java.util.Optional;

/** A request that {@link AccessFilter} does not let pass, and what its client is told. */
final class AccessDeniedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final long waitSeconds;
  private String challenge;

  AccessDeniedException(int status, String code, String message) {
    this(status, code, message, 0);
  }

  /**
   * @param waitSeconds when to come back; 0 says nothing
   */
  AccessDeniedException(int status, String code, String message, long waitSeconds) {
    super(message);
    this.status = status;
    this.code = code;
    this.waitSeconds = waitSeconds;
  }

  /** The same may be asked again in a moment. */
  static AccessDeniedException forNow(String message) {
    return forNow("unavailable", message);
  }

  static AccessDeniedException forNow(String code, String message) {
    return new AccessDeniedException(503, code, message, 5);
  }

  /** Says with which credentials the client would get further. */
  AccessDeniedException challenging(String scheme) {
    challenge = scheme;
    return this;
  }

  /** The value of {@code WWW-Authenticate}. */
  Optional<String> challenge() {
    return Optional.ofNullable(challenge);
  }

  /** Another token would help, or waiting, or neither: that one is of somebody without a place. */
  static AccessDeniedException of(TokenException refusal) {
    String code = refusal.code().wireName();
    return switch (refusal.code()) {
      case KEYS_UNAVAILABLE -> new AccessDeniedException(503, code, refusal.getMessage(), 5);
      case WRONG_CALLER -> new AccessDeniedException(403, code, refusal.getMessage());
      default -> new AccessDeniedException(401, code, refusal.getMessage());
    };
  }

  /** There was too much of it. */
  static AccessDeniedException tooMany(String code, String message, long waitSeconds) {
    return new AccessDeniedException(FailedLogins.TOO_MANY_REQUESTS, code, message, waitSeconds);
  }

  /** Known, but not allowed. */
  static AccessDeniedException forbidden(String message) {
    return new AccessDeniedException(403, "not_allowed", message);
  }

  /** Nobody knows who it is. */
  static AccessDeniedException unknown(String message) {
    return new AccessDeniedException(401, "auth_required", message);
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
