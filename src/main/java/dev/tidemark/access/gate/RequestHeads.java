package dev.tidemark.access.gate;

import dev.tidemark.config.OidcSettings;
import dev.tidemark.config.RequestSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.wire.Problem;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;

/** What can be wrong with the head of a request, whoever sends it. */
@ApplicationScoped
class RequestHeads {
  private static final Problem COOKIES =
      new Problem(400, "invalid_request", "The cookies of this request are wrong, or too many.");
  private static final Problem LENGTH =
      new Problem(
          400,
          "invalid_request",
          "A body has one Content-Length, or the Transfer-Encoding chunked and nothing else.");

  private static final int PATH_PARAMETERS = 100;
  private static final Problem PATH =
      new Problem(
          400,
          "invalid_request",
          "A path may have at most " + PATH_PARAMETERS + " parameters behind semicolons.");

  @Inject Settings settings;

  /**
   * The refusal of a head that the server should not work on, after which the connection ends;
   * empty for all others.
   */
  Optional<Problem> refusal(HttpServerExchange exchange) {
    HeadSize size = HeadSize.of(exchange, settings.get(OidcSettings.TOKEN_BYTES));
    size.endConnection(exchange);
    Optional<Problem> refusal = problem(exchange, size);
    if (refusal.isPresent()) {
      exchange.setPersistent(false);
    }
    return refusal;
  }

  private Optional<Problem> problem(HttpServerExchange exchange, HeadSize size) {
    if (!hasOneLength(exchange.getRequestHeaders())) { // who knows where the next request begins
      return Optional.of(LENGTH);
    }
    if (exchange.getPathParameters().size() > PATH_PARAMETERS) { // no limit of the server's own
      return Optional.of(PATH);
    }
    if (!hasReadableCookies(exchange)) {
      return Optional.of(COOKIES);
    }
    return tooLong(exchange).or(() -> size.refusal(exchange)).or(() -> unreadable(exchange));
  }

  /**
   * RFC 9112, 6.1 and 6.3: of a body with two lengths a proxy may see another end than this server,
   * which takes any encoding but {@code identity} for chunked.
   */
  private static boolean hasOneLength(HeaderMap headers) {
    HeaderValues lengths = headers.get(Headers.CONTENT_LENGTH);
    HeaderValues encodings = headers.get(Headers.TRANSFER_ENCODING);
    return encodings == null
        ? lengths == null || lengths.size() == 1
        : lengths == null
            && encodings.size() == 1
            && encodings.getFirst().equalsIgnoreCase("chunked");
  }

  /** The server parses them when the first one is asked for. */
  private static boolean hasReadableCookies(HttpServerExchange exchange) {
    try {
      var unused = exchange.getRequestCookie("none");
      return true;
    } catch (IllegalArgumentException | IllegalStateException e) {
      return false;
    }
  }

  /**
   * The server keeps the target of a page in memory until its visitor has signed in, and that of a
   * socket, several times, as long as it is open.
   */
  private Optional<Problem> tooLong(HttpServerExchange exchange) {
    long max = settings.get(RequestSettings.PAGE_TARGET_BYTES);
    int length = exchange.getRequestURI().length() + exchange.getQueryString().length() + 1;
    if (length <= max || Exchanges.isApi(exchange.getRelativePath())) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            414,
            "invalid_request",
            "The address of a page or of a handshake may have at most " + max + " characters."));
  }

  private static Optional<Problem> unreadable(HttpServerExchange exchange) {
    try {
      if (Exchanges.isApi(exchange.getRelativePath())) {
        ApiHeaders.simplify(exchange.getRequestHeaders());
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(new Problem(400, "invalid_request", e.getMessage()));
    }
  }
}
