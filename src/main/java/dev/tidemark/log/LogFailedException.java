package dev.tidemark.log;

/** The database failed while an append was under way; the cause says how, and whether to retry. */
public final class LogFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LogFailedException(Exception cause) {
    super("The append failed: " + cause.getMessage(), cause);
  }
}
