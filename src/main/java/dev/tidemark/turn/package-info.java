/**
 * A message becomes a turn, a turn becomes events: the queue of each session, leases, running,
 * ending.
 *
 * <p>Begin with {@link dev.tidemark.turn.TurnRunner}. May call {@code agent}, {@code log} and
 * {@code session}.
 */
package dev.tidemark.turn;
