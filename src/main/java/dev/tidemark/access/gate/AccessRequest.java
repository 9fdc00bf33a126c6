package dev.tidemark.access.gate;

import dev.tidemark.access.revocation.BackchannelLogout;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/**
 * A request at {@link AccessFilter}.
 *
 * @param socket true for a handshake
 */
record AccessRequest(HttpServletRequest request, boolean socket) {
  static final String SOCKET = "/ws";
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  static AccessRequest of(HttpServletRequest request) {
    return new AccessRequest(request, request.getServletPath().equals(SOCKET));
  }

  /** Whether it may change something. */
  boolean isWriting() {
    return socket || !READING.contains(request.getMethod());
  }

  /**
   * Whether this is a back-channel logout, whose token is its only credential. Decided by the
   * address as sent, which reaches nothing else.
   */
  boolean isBackchannelLogout() {
    return request.getMethod().equals("POST")
        && request.getRequestURI().equals(request.getContextPath() + BackchannelLogout.PATH);
  }

  /** Whether a page's script sent it: on a challenge, a browser would ask for a password. */
  boolean isOfAPage() {
    return request.getHeader("Sec-Fetch-Mode") != null;
  }

  /** The request's name in the record. */
  String operation() {
    return socket ? "handshake" : "request";
  }
}
