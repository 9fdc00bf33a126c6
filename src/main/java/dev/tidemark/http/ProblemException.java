package dev.tidemark.http;

import dev.tidemark.wire.Problem;

/** A request is refused; {@link ProblemMapper} tells the caller why. */
final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int BAD_REQUEST = 400;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int CONTENT_TOO_LARGE = 413;
  private static final int UNAVAILABLE = 503;
  private static final long RETRY_AFTER_SECONDS = 5;

  private final transient Problem problem;

  private ProblemException(Problem problem) {
    super(problem.message());
    this.problem = problem;
  }

  private ProblemException(int status, String code, String message) {
    this(new Problem(status, code, message));
  }

  /** The same whether the session does not exist or belongs to somebody else. */
  static ProblemException noSuchSession() {
    return notFound("no_such_session", "There is no such session.");
  }

  static ProblemException notFound(String code, String message) {
    return new ProblemException(NOT_FOUND, code, message);
  }

  static ProblemException invalid(String message) {
    return new ProblemException(BAD_REQUEST, "invalid_request", message);
  }

  static ProblemException notAllowed(String message) {
    return new ProblemException(FORBIDDEN, "not_allowed", message);
  }

  static ProblemException conflict(String code, String message) {
    return new ProblemException(CONFLICT, code, message);
  }

  static ProblemException tooLarge(String message) {
    return new ProblemException(CONTENT_TOO_LARGE, "payload_too_large", message);
  }

  /** The request may be repeated in a moment. */
  static ProblemException unavailable(String message) {
    return new ProblemException(
        new Problem(UNAVAILABLE, "unavailable", message, RETRY_AFTER_SECONDS));
  }

  Problem problem() {
    return problem;
  }
}
