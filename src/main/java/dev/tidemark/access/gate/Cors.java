package dev.tidemark.access.gate;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Lets the scripts of an allowed origin read the answers of the REST paths. Not with cookies: such
 * a page brings a token of its own, and a fault in it must not act with a login that its user has
 * here.
 */
final class Cors {
  private static final String METHODS = "GET, POST";
  private static final String REQUEST_HEADERS = "Authorization, Content-Type";
  private static final String FOR_SECONDS = "600";

  private Cors() {}

  /** Says on an answer, of whatever kind, that this origin may read it. */
  static void allow(String origin, HttpServletResponse response) {
    response.setHeader("Access-Control-Allow-Origin", origin);
    response.setHeader("Access-Control-Expose-Headers", "Retry-After");
  }

  /** Whether the browser only asks what it may send; it does so without credentials. */
  static boolean isPreflight(HttpServletRequest request) {
    return request.getMethod().equals("OPTIONS")
        && request.getHeader("Access-Control-Request-Method") != null;
  }

  static void addHeaders(HttpServletResponse response) {
    response.setHeader("Access-Control-Allow-Methods", METHODS);
    response.setHeader("Access-Control-Allow-Headers", REQUEST_HEADERS);
    response.setHeader("Access-Control-Max-Age", FOR_SECONDS);
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
  }
}
