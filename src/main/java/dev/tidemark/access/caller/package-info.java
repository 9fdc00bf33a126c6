/**
 * The caller of the current request, whatever the credentials, and the principal that a socket
 * keeps.
 *
 * <p>Begin with {@link dev.tidemark.access.caller.CurrentCaller}. May call {@code login}.
 */
package dev.tidemark.access.caller;
