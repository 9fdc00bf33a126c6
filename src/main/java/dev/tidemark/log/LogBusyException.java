package dev.tidemark.log;

/**
 * The backlog is full, or the share of one sender; nothing was appended, and a retry may soon
 * succeed.
 */
public final class LogBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LogBusyException() {
    super("The log is full: too many events wait to be written. Nothing was taken; send it again.");
  }
}
