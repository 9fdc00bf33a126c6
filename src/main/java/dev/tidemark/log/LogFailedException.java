package dev.tidemark.log;

/**
 * The database, or the writer, failed while an append was under way; the cause says how, and
 * whether to retry.
 */
public final class LogFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LogFailedException(Throwable cause) {
    super("The append failed: " + cause.getMessage(), cause);
  }

  /** Whether it was no failure of the database: then nothing is known of the outcome. */
  boolean isOfWriter() {
    return getCause() instanceof Error;
  }
}
