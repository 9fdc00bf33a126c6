package dev.tidemark.agent;

/**
 * Somebody who answers. An agent is a CDI bean; the gateway finds it by {@link #id} and runs it
 * once for each turn, several turns of different sessions at the same time.
 */
public interface Agent {
  /** The name that clients give as {@code agent_id}; 1 to 128 characters. */
  String id();

  /**
   * Answers one message. Whatever is given to {@code output} is in the log when the call returns,
   * whether or not anybody listens. The turn ends when this method does: with what was given to
   * {@link TurnOutput#answer}, or else with all tokens together.
   *
   * @throws TurnOverException may pass through: the turn was aborted, its time is up or its lease
   *     is lost; nothing more is kept
   * @throws Exception anything else ends the turn as failed; a {@link PublicTurnException}'s
   *     message is shown to the client
   */
  void run(TurnInput input, TurnOutput output) throws Exception;

  /**
   * Whether the message is tried again, in a new turn, when the node that ran it died. An agent
   * with side effects says no.
   */
  default boolean retryAfterInterruption() {
    return false;
  }
}
