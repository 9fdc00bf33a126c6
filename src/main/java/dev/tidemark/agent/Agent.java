package dev.tidemark.agent;

/**
 * Answers messages. An agent is a CDI bean; the gateway finds it by {@link #id} and runs it once
 * for each turn, turns of different sessions in parallel.
 */
public interface Agent {
  /** The name that clients give as {@code agent_id}; 1 to 128 characters. */
  String id();

  /**
   * Answers one message. A call of {@code output} that appends an event returns when the event is
   * in the log, whether or not a client listens. The turn ends when this method returns; its answer
   * is the one given to {@link TurnOutput#answer}, or else all tokens together.
   *
   * @throws TurnOverException if the turn is over, for a reason of {@link TurnOverException.Cause};
   *     let it through, because no further output is kept
   * @throws Exception on any other failure, which ends the turn as failed; the client sees only the
   *     message of a {@link PublicTurnException}
   */
  void run(TurnInput input, TurnOutput output) throws Exception;

  /**
   * Whether a message is run again, in a new turn, when its node died or stopped. An agent with
   * side effects returns false.
   */
  default boolean retryAfterInterruption() {
    return false;
  }
}
