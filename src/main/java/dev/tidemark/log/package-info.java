/**
 * The event log: what happened in each session, numbered without a hole, and where its replay
 * window begins.
 *
 * <p>Begin with {@link dev.tidemark.log.EventLog} and {@link dev.tidemark.log.Appender}. May call
 * {@code wire}. What the rooms above add to an append takes part in its transaction as an {@link
 * dev.tidemark.log.AppendParticipant}: the log calls them through that interface and knows none of
 * them.
 */
package dev.tidemark.log;
