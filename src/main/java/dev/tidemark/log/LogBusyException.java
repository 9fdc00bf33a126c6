package dev.tidemark.log;

/** More waits to be appended than may wait; nothing was appended, and soon it can be. */
public final class LogBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LogBusyException() {
    super("The log has as much to write as it may hold. Nothing was taken; send it again.");
  }
}
