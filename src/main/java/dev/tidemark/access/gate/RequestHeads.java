package dev.tidemark.access.gate;

import dev.tidemark.config.RequestSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.wire.Problem;
import io.undertow.server.HttpServerExchange;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;

/** What can be wrong with the head of a request, whoever sends it. */
@ApplicationScoped
class RequestHeads {
  private static final Problem COOKIES =
      new Problem(400, "invalid_request", "The cookies of this request are wrong, or too many.");

  @Inject Settings settings;

  /** The refusal of a head that the server should not work on; empty for all others. */
  Optional<Problem> refusal(HttpServerExchange exchange) {
    return hasReadableCookies(exchange) ? tooLong(exchange) : Optional.of(COOKIES);
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

  /** The server keeps the target of a page in memory until its visitor has signed in. */
  private Optional<Problem> tooLong(HttpServerExchange exchange) {
    long max = settings.get(RequestSettings.PAGE_TARGET_BYTES);
    int length = exchange.getRequestURI().length() + exchange.getQueryString().length() + 1;
    return length <= max
            || Exchanges.isApi(exchange.getRelativePath())
            || Exchanges.isSocket(exchange)
        ? Optional.empty()
        : Optional.of(
            new Problem(
                414,
                "invalid_request",
                "The address of a page may have at most " + max + " characters."));
  }
}
