package dev.tidemark.access.limit;

import dev.tidemark.wire.Problem;

/**
 * A caller or an address has exceeded its quota. The message may be shown to the client. There is
 * no stack trace: this is a regular outcome, and a flood of it must stay cheap.
 */
public final class QuotaExceededException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The HTTP status of the response. */
  public static final int STATUS = 429;

  private final Quota quota;
  private final long retryAfterSeconds;

  /**
   * @param retryAfterSeconds the seconds until the request may be repeated, at least 1
   */
  public QuotaExceededException(Quota quota, String message, long retryAfterSeconds) {
    super(message, null, false, false);
    this.quota = quota;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  public Quota quota() {
    return quota;
  }

  public long retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /** The response to an HTTP request. */
  public Problem problem() {
    return new Problem(STATUS, quota.code(), getMessage(), retryAfterSeconds);
  }
}
