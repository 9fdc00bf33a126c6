/**
 * Who a caller is, what the caller may touch, and how much of it.
 *
 * <ul>
 *   <li>{@link dev.tidemark.access.gate.AccessFilter} stands before the socket and REST: {@code
 *       PreAuthenticationChecks}, {@code RequestAuthenticator} and {@code AdmissionCheck} are its
 *       steps. {@code PreAuthenticationHandler} stands before the container's own login.
 *   <li>{@code RequestAuthenticator} identifies the caller: by a token of the identity provider
 *       ({@link dev.tidemark.access.token.TokenService}), a browser's login ({@code BrowserLogin}),
 *       or a ticket ({@code TicketAuthenticator}). From then on the caller is in {@link
 *       dev.tidemark.access.caller.CurrentCaller}.
 *   <li>{@link dev.tidemark.access.SessionAccess} decides who may enter which session.
 *   <li>{@link dev.tidemark.access.limit.Quotas} holds the quotas.
 *   <li>{@link dev.tidemark.access.revocation.AdminActions} performs and records administrators'
 *       actions; {@link dev.tidemark.access.revocation.Revocations} knows whose older credentials
 *       are refused.
 *   <li>{@link dev.tidemark.access.record.Refusals} records refusals.
 * </ul>
 *
 * <p>May call {@code wire} and {@code session}.
 */
package dev.tidemark.access;
