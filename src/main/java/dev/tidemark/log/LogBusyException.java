package dev.tidemark.log;

/** The backlog is full; nothing was appended, and a retry may soon succeed. */
public final class LogBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LogBusyException() {
    super("The log has as much to write as it may hold. Nothing was taken; send it again.");
  }
}
