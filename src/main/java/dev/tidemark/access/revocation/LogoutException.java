package dev.tidemark.access.revocation;

import dev.tidemark.wire.Problem;

/**
 * A logout requested by the identity provider failed. The message may be shown to the sender; it
 * contains no part of the token.
 */
public final class LogoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean mayBeRepeated;
  private final transient Problem problem;

  LogoutException(Problem problem, boolean mayBeRepeated, Throwable cause) {
    super(problem.message(), cause);
    this.problem = problem;
    this.mayBeRepeated = mayBeRepeated;
  }

  /** The response to the sender. */
  public Problem problem() {
    return problem;
  }

  /** Whether the same request may be accepted later. */
  public boolean mayBeRepeated() {
    return mayBeRepeated;
  }
}
