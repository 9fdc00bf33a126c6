package dev.tidemark.session;

import jakarta.ejb.ApplicationException;

/**
 * The principal has no heap left for a snapshot: nothing was joined. There is no stack trace: this
 * is a regular outcome, and a flood of it must stay cheap.
 */
@ApplicationException(rollback = true)
public final class NoHeapException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NoHeapException() {
    super(
        "The snapshot needs more memory than is left of yours. Come back later.",
        null,
        false,
        false);
  }
}
