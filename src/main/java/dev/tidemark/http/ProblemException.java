package dev.tidemark.http;

import dev.tidemark.wire.Problem;
import jakarta.ws.rs.core.Response.Status;

/** A request is refused; {@link ProblemMapper} tells the caller why. */
final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final long RETRY_AFTER_SECONDS = 5;

  private final transient Problem problem;

  private ProblemException(Problem problem) {
    super(problem.message());
    this.problem = problem;
  }

  private ProblemException(Status status, String code, String message) {
    this(new Problem(status.getStatusCode(), code, message));
  }

  /** The same whether the session does not exist or belongs to somebody else. */
  static ProblemException noSuchSession() {
    return notFound("no_such_session", "There is no such session.");
  }

  static ProblemException notFound(String code, String message) {
    return new ProblemException(Status.NOT_FOUND, code, message);
  }

  static ProblemException invalid(String message) {
    return new ProblemException(Status.BAD_REQUEST, "invalid_request", message);
  }

  static ProblemException notAllowed(String message) {
    return new ProblemException(Status.FORBIDDEN, "not_allowed", message);
  }

  static ProblemException conflict(String code, String message) {
    return new ProblemException(Status.CONFLICT, code, message);
  }

  static ProblemException tooLarge(String message) {
    return new ProblemException(Status.REQUEST_ENTITY_TOO_LARGE, "payload_too_large", message);
  }

  /** The request may be repeated in a moment. */
  static ProblemException unavailable(String message) {
    return new ProblemException(
        new Problem(
            Status.SERVICE_UNAVAILABLE.getStatusCode(),
            "unavailable",
            message,
            RETRY_AFTER_SECONDS));
  }

  Problem problem() {
    return problem;
  }
}
