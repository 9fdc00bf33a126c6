/**
 * The event log: what happened in each session, numbered without a hole, and where its replay
 * window begins.
 *
 * <p>Begin with {@link dev.tidemark.log.EventLog}. May call {@code wire}.
 */
package dev.tidemark.log;
