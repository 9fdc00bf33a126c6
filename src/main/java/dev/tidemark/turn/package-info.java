/**
 * Turns: an agent's work on one message, from the queue of the session through the lease and the
 * run to its end. A turn's output is events of the log.
 *
 * <p>Begin with {@link dev.tidemark.turn.TurnRunner}. May call {@code wire}, {@code agent}, {@code
 * log} and {@code session}.
 */
package dev.tidemark.turn;
