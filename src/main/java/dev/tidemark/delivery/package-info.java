/**
 * Delivery of events to the clients that listen. A subscription is a cursor over the log: a commit,
 * a wake-up from another node and a completed send all have it look again. So replay and live are
 * one path, and a slow client costs one page of memory.
 *
 * <p>Begin with {@link dev.tidemark.delivery.Subscription}. May call {@code wire}, {@code log} and
 * {@code session}.
 */
package dev.tidemark.delivery;
