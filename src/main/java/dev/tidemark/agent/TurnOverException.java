package dev.tidemark.agent;

import jakarta.ejb.ApplicationException;

/** The turn is over although its agent is not done; the agent's further output is not kept. */
@ApplicationException(rollback = true)
public final class TurnOverException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why a turn is over. */
  public enum Cause {
    /** A client asked for it. */
    ABORTED,
    /** {@code tidemark.turn.time-limit-millis} has passed. */
    TIME_LIMIT,
    /** The answer is larger than an event may be. */
    OUTPUT_TOO_LARGE,
    /** Another node took the turn, or it has ended already. */
    LEASE_LOST,
    /** This node stops. */
    NODE_STOPPING
  }

  private final Cause why;

  public TurnOverException(Cause why) {
    super("The turn is over: " + why + ".");
    this.why = why;
  }

  public Cause why() {
    return why;
  }
}
