/**
 * Who is listening. A subscriber is a cursor over the log: a commit, a wake-up from another node
 * and a completed send all do the same thing, look again. So replay and live are one path, and a
 * slow client costs one page of memory.
 *
 * <p>Begin with {@link dev.tidemark.delivery.Subscription}. May call {@code log} and {@code
 * session}.
 */
package dev.tidemark.delivery;
