package dev.tidemark.access.gate;

import dev.tidemark.access.revocation.BackchannelLogout;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/**
 * A request that stands before the {@link AccessFilter}.
 *
 * @param socket whether it is a handshake
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
   * Whether it brings a credential of its own and nobody is to be asked for another. By the address
   * as it was sent, which nothing else is reached by.
   */
  boolean isBackchannelLogout() {
    return request.getMethod().equals("POST")
        && request.getRequestURI().equals(request.getContextPath() + BackchannelLogout.PATH);
  }

  /** Whether a script of a page sent it: a browser would ask its user for a password. */
  boolean isOfAPage() {
    return request.getHeader("Sec-Fetch-Mode") != null;
  }

  /** As it is called in the record. */
  String operation() {
    return socket ? "handshake" : "request";
  }
}
