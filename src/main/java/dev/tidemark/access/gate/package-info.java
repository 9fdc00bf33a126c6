/**
 * The way in, before the socket and REST: cheap checks first, then authentication, then admission.
 *
 * <p>Begin with {@link dev.tidemark.access.gate.AccessFilter}; {@code PreAuthenticationHandler}
 * stands before the login of the server itself. May call every other sub-room; none calls it.
 */
package dev.tidemark.access.gate;
