/**
 * Who a caller is, what the caller may touch, and how much of it.
 *
 * <ul>
 *   <li>{@link dev.tidemark.access.gate.AccessFilter} stands before the socket and REST: {@code
 *       PreAuthenticationChecks}, {@code RequestAuthenticator} and {@code AdmissionCheck} are its
 *       steps. {@code PreAuthenticationHandler} stands before the container's own login.
 *   <li>{@code RequestAuthenticator} says who calls: by a token of the identity provider ({@link
 *       dev.tidemark.access.token.TokenService}), a browser's login ({@code BrowserLogin}), or a
 *       ticket ({@code TicketAuthenticator}). From then on it is in {@link
 *       dev.tidemark.access.caller.CurrentCaller}.
 *   <li>{@link dev.tidemark.access.SessionAccess} says who may enter which session.
 *   <li>{@link dev.tidemark.access.limit.Quotas} says how much is too much.
 *   <li>{@link dev.tidemark.access.revocation.AdminActions} does what administrators ask, with its
 *       record; {@link dev.tidemark.access.revocation.Revocations} knows whose older credentials
 *       are refused.
 *   <li>{@link dev.tidemark.access.record.Refusals} records refusals.
 * </ul>
 *
 * <p>May call {@code wire} and {@code session}.
 */
package dev.tidemark.access;
