package dev.tidemark.turn;

/**
 * Too many messages of the sender wait for their turn; this one was not taken. There is no stack
 * trace: this is a regular outcome, and a flood of it must stay cheap.
 */
public final class TooManyTurnsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The time after which a turn may have begun, in seconds. */
  private static final long RETRY_AFTER_SECONDS = 5;

  TooManyTurnsException(int max) {
    super(
        "At most %d messages of one principal may wait for their turn. Send it again later."
            .formatted(max),
        null,
        false,
        false);
  }

  /** The time until the message may be sent again, in seconds. */
  public long retryAfterSeconds() {
    return RETRY_AFTER_SECONDS;
  }
}
