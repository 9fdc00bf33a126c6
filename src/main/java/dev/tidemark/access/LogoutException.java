package dev.tidemark.access;

/**
 * What the identity provider asked for was not done. The message may be shown to whoever asked; it
 * has no part of the token.
 */
public final class LogoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean mayBeRepeated;

  LogoutException(String message, boolean mayBeRepeated, Throwable cause) {
    super(message, cause);
    this.mayBeRepeated = mayBeRepeated;
  }

  /** Whether the same request may be taken later. */
  public boolean mayBeRepeated() {
    return mayBeRepeated;
  }
}
