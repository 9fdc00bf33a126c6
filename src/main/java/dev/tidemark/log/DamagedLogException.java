package dev.tidemark.log;

import jakarta.ejb.ApplicationException;

/**
 * An event at or above the floor is missing, or its cursor has two events: somebody has changed the
 * log. It is never skipped, and none of two is chosen.
 */
@ApplicationException(rollback = true)
public final class DamagedLogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long cursor;

  /**
   * @param session the session by its name, as {@link SessionNames} gives it
   */
  DamagedLogException(String session, long cursor) {
    super("Event %d of %s is missing, or is there twice.".formatted(cursor, session));
    this.cursor = cursor;
  }

  /** The cursor of the event. */
  public long cursor() {
    return cursor;
  }
}
