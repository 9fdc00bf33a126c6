/**
 * Tickets: with one, a page of another origin, which cannot choose the headers of a handshake,
 * opens a socket for its caller.
 *
 * <p>Begin with {@link dev.tidemark.access.ticket.Tickets}. May call {@code limit} and {@code
 * login}.
 */
package dev.tidemark.access.ticket;
