package dev.tidemark.log;

import jakarta.ejb.ApplicationException;

/** An event at or above the floor is missing: somebody has damaged the log. It is never skipped. */
@ApplicationException(rollback = true)
public final class EventMissingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long cursor;

  EventMissingException(long sessionKey, long cursor) {
    super("Event %d of session %d is missing above the floor.".formatted(cursor, sessionKey));
    this.cursor = cursor;
  }

  /** The cursor of the missing event. */
  public long cursor() {
    return cursor;
  }
}
