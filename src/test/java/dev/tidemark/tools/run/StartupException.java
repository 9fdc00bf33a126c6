package dev.tidemark.tools.run;

/** Something did not start; the message is for the person at the terminal. */
public final class StartupException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message fault and its remedy, in whole sentences
   */
  public StartupException(String message) {
    super(message);
  }

  StartupException(String message, Throwable cause) {
    super(message, cause);
  }
}
