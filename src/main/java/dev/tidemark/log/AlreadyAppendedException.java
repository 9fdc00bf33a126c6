package dev.tidemark.log;

/** Refuses a copy of an event that is already in the log; has no stack trace. */
final class AlreadyAppendedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long cursor;

  AlreadyAppendedException(long cursor) {
    super(null, null, false, false);
    this.cursor = cursor;
  }

  /** The cursor of the first copy. */
  long cursor() {
    return cursor;
  }
}
