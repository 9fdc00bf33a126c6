package dev.tidemark.access.limit;

import dev.tidemark.wire.Problem;

/**
 * A caller or an address has asked for more than its quota. The message may be shown to the client.
 * It has no stack trace: it is an answer and no fault, and a flood of it must stay cheap.
 */
public final class QuotaExceededException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The HTTP status that goes with it. */
  public static final int STATUS = 429;

  private final Quota quota;
  private final long retryAfterSeconds;

  /**
   * @param retryAfterSeconds when the same may be asked again, at least 1
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

  /** The answer to a client that asked by HTTP. */
  public Problem problem() {
    return new Problem(STATUS, quota.code(), getMessage(), retryAfterSeconds);
  }
}
