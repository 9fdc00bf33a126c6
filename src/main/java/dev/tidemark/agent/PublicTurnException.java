package dev.tidemark.agent;

/**
 * An agent's failure whose message is meant for the client; of any other failure the client learns
 * only that there was one.
 */
public class PublicTurnException extends Exception {
  private static final long serialVersionUID = 1L;

  public PublicTurnException(String message) {
    super(message);
  }
}
