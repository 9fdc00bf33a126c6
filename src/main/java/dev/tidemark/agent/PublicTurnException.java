package dev.tidemark.agent;

/**
 * An agent's failure whose message is shown to the client. Of any other failure the client gets
 * only a general message.
 */
public class PublicTurnException extends Exception {
  private static final long serialVersionUID = 1L;

  public PublicTurnException(String message) {
    super(message);
  }
}
