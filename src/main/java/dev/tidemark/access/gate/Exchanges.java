package dev.tidemark.access.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.wire.Problem;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.util.Optional;
import org.jboss.logging.Logger;

/** What there is to know of a request before it is a servlet's, and the refusal of such a one. */
final class Exchanges {
  private static final Logger LOG = Logger.getLogger(Exchanges.class);
  private static final String API = "/api";

  private Exchanges() {}

  /** The name of the cookie of the server's login sessions. */
  static String loginCookie(ServletContext context) {
    String configured = context.getSessionCookieConfig().getName();
    return configured == null ? "JSESSIONID" : configured;
  }

  /** Whether the path is one of REST; the bare one is too. */
  static boolean isApi(String path) {
    return path.equals(API) || path.startsWith(API + "/");
  }

  static boolean isSocket(HttpServerExchange exchange) {
    return exchange.getRelativePath().equals(AccessRequest.SOCKET);
  }

  static String operationOf(HttpServerExchange exchange) {
    return isSocket(exchange) ? "handshake" : "request";
  }

  static Optional<String> userAgentOf(HttpServerExchange exchange) {
    return CurrentCaller.printable(exchange.getRequestHeaders().getFirst(Headers.USER_AGENT));
  }

  static void respond(HttpServerExchange exchange, Problem problem) {
    exchange.setStatusCode(problem.status());
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> exchange.getResponseHeaders().put(Headers.RETRY_AFTER, seconds));
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, Problem.MEDIA_TYPE);
    exchange.getResponseSender().send(problem.json(), UTF_8);
  }

  /** Does something once the exchange is complete, whether or not it went well. */
  static void whenComplete(HttpServerExchange exchange, Runnable todo) {
    exchange.addExchangeCompleteListener(
        (done, others) -> {
          todo.run();
          others.proceed();
        });
  }

  /** Closes the connection, whatever is still on its way. */
  static void cut(HttpServerExchange exchange) {
    try {
      exchange.getConnection().close();
    } catch (IOException e) {
      LOG.debugf("A connection was closed already: %s", e.getMessage());
    }
  }
}
