/**
 * Logins of browsers: their HTTP sessions, the sockets that end with them, and the OpenID Connect
 * client of the server.
 *
 * <p>Begin with {@link dev.tidemark.access.login.BrowserLogins}. Calls no other sub-room.
 */
package dev.tidemark.access.login;
