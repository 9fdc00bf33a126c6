/**
 * The event log: the events of each session, numbered without a hole, and the floor of its replay
 * window.
 *
 * <p>Begin with {@link dev.tidemark.log.EventLog} and {@link dev.tidemark.log.Appender}. May call
 * {@code wire}. The rooms above take part in the transaction of an append as an {@link
 * dev.tidemark.log.AppendParticipant}: the log calls them through that interface and knows none of
 * them.
 */
package dev.tidemark.log;
