package dev.tidemark.log;

/**
 * An append is not written in the time that its caller waits, as when somebody holds the session's
 * row. It waits on, so it may be written later, or fail.
 */
public final class AppendUndecidedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AppendUndecidedException(Exception cause) {
    super("The append is not written yet, and may be later.", cause);
  }
}
