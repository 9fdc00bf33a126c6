/**
 * Tickets: how a page of another origin, which may send no header, brings its caller to the
 * handshake.
 *
 * <p>Begin with {@link dev.tidemark.access.ticket.Tickets}. Calls no other sub-room.
 */
package dev.tidemark.access.ticket;
