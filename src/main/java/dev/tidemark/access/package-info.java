/**
 * Who you are and what you may touch, and how much of it.
 *
 * <ul>
 *   <li>{@link dev.tidemark.access.Gate} stands before the socket and REST: {@code Strangers},
 *       {@code Identification} and {@code Permission} say what it looks at. {@code Entrance} stands
 *       before the container's own login.
 *   <li>{@link dev.tidemark.access.CurrentCaller} says who calls: by a token of the identity
 *       provider ({@link dev.tidemark.access.TokenVerifier}), a browser's login ({@code Login}), or
 *       a ticket ({@code TicketDoor}).
 *   <li>{@link dev.tidemark.access.SessionAccess} says who may enter which session.
 *   <li>{@link dev.tidemark.access.Admission} says how much is too much.
 *   <li>{@link dev.tidemark.access.Administration} does what administrators ask, with its record;
 *       {@link dev.tidemark.access.Revocations} holds whose older credentials are refused.
 *   <li>{@link dev.tidemark.access.Refusals} records what was refused.
 * </ul>
 *
 * <p>May call {@code session}.
 */
package dev.tidemark.access;
