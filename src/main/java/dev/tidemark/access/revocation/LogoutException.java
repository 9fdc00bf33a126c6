package dev.tidemark.access.revocation;

import java.util.OptionalLong;

/**
 * What the identity provider asked for was not done. The message may be shown to whoever asked; it
 * has no part of the token.
 */
public final class LogoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean mayBeRepeated;
  private final transient OptionalLong retryAfterSeconds;

  LogoutException(String message, boolean mayBeRepeated, Throwable cause) {
    super(message, cause);
    this.mayBeRepeated = mayBeRepeated;
    retryAfterSeconds = OptionalLong.empty();
  }

  LogoutException(String message, long retryAfterSeconds) {
    super(message);
    mayBeRepeated = true;
    this.retryAfterSeconds = OptionalLong.of(retryAfterSeconds);
  }

  /** When to come back, if too many requests from there were refused and this one not looked at. */
  public OptionalLong retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /** Whether the same request may be taken later. */
  public boolean mayBeRepeated() {
    return mayBeRepeated;
  }
}
