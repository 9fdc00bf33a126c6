/**
 * Tickets: how a page of another origin, which may send no header, brings its caller to the
 * handshake.
 *
 * <p>Begin with {@link dev.tidemark.access.ticket.Tickets}. May call {@code limit}.
 */
package dev.tidemark.access.ticket;
