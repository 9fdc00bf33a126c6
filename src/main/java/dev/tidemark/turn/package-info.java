/**
 * A message becomes a turn, a turn becomes events: intake, the queue of each session, leases, and
 * the agents.
 *
 * <p>Begin with {@link dev.tidemark.turn.Agent} and {@link dev.tidemark.turn.TurnRunner}. May call
 * {@code log} and {@code session}.
 */
package dev.tidemark.turn;
