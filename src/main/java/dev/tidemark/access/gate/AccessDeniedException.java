package dev.tidemark.access.gate;

import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.token.TokenException;
import dev.tidemark.wire.Problem;

/** {@link AccessFilter} denies a request; the client is told why. */
final class AccessDeniedException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final long SOON_SECONDS = 5;

  private final transient Problem problem;

  AccessDeniedException(Problem problem) {
    super(problem.message());
    this.problem = problem;
  }

  AccessDeniedException(int status, String code, String message) {
    this(new Problem(status, code, message));
  }

  /** The request may be repeated in a moment. */
  static AccessDeniedException forNow(String message) {
    return new AccessDeniedException(new Problem(503, "unavailable", message, SOON_SECONDS));
  }

  /**
   * The denial of a token. Another token would help (401), or waiting (503), or neither (403): the
   * token identifies a caller that is not admitted here.
   */
  static AccessDeniedException of(TokenException refusal) {
    String code = refusal.code().wireName();
    return switch (refusal.code()) {
      case KEYS_UNAVAILABLE ->
          new AccessDeniedException(new Problem(503, code, refusal.getMessage(), SOON_SECONDS));
      case WRONG_CALLER, NAME_TOO_LONG ->
          new AccessDeniedException(403, code, refusal.getMessage());
      default -> new AccessDeniedException(401, code, refusal.getMessage());
    };
  }

  static AccessDeniedException of(QuotaExceededException refusal) {
    return new AccessDeniedException(refusal.problem());
  }

  /** The caller is known, but not allowed. */
  static AccessDeniedException forbidden(String message) {
    return new AccessDeniedException(403, "not_allowed", message);
  }

  /** The caller is not known. */
  static AccessDeniedException unknown(String message) {
    return new AccessDeniedException(401, "auth_required", message);
  }

  Problem problem() {
    return problem;
  }
}
