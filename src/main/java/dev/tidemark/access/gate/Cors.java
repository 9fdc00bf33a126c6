package dev.tidemark.access.gate;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Lets the scripts of an allowed origin read the responses of the REST paths. Cookies are excluded:
 * such a page sends a token of its own, and a fault in it must not act with its user's login here.
 */
final class Cors {
  private static final String METHODS = "GET, POST";
  private static final String REQUEST_HEADERS = "Authorization, Content-Type";
  private static final String FOR_SECONDS = "600";

  private Cors() {}

  /** Allows this origin to read a response of any kind. */
  static void allow(String origin, HttpServletResponse response) {
    response.setHeader("Access-Control-Allow-Origin", origin);
    response.setHeader("Access-Control-Expose-Headers", "Retry-After");
  }

  /** As the other method, where the server refuses a request before the application sees it. */
  static void allow(String origin, HttpServerExchange exchange) {
    exchange
        .getResponseHeaders()
        .put(new HttpString("Access-Control-Allow-Origin"), origin)
        .put(new HttpString("Access-Control-Expose-Headers"), "Retry-After");
  }

  /** Whether the browser only asks what it may send; such a request has no credentials. */
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
