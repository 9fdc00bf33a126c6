package dev.tidemark.access.gate;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;

/**
 * What a browser says about the page that caused a request; a program says nothing, and nor does a
 * browser without TLS. See <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata</a>.
 */
final class FetchMetadata {
  private static final HttpString SITE = new HttpString("Sec-Fetch-Site");
  private static final HttpString DESTINATION = new HttpString("Sec-Fetch-Dest");
  private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

  private FetchMetadata() {}

  /** Whether another site caused the request; empty if nothing is said. */
  static Optional<Boolean> isForeign(HttpServerExchange exchange) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(SITE))
        .map(site -> !OWN_SITE.contains(site));
  }

  /** The same, and false if nothing is said. */
  static boolean isForeign(HttpServletRequest request) {
    String site = request.getHeader(SITE.toString());
    return site != null && !OWN_SITE.contains(site);
  }

  /**
   * Whether another site's page loads this one into itself, as an image or a frame. It can do so
   * any number of times, without the visitor's cookie; a link to it brings that.
   */
  static boolean isEmbedded(HttpServerExchange exchange) {
    return isForeign(exchange).orElse(false)
        && !"document".equals(exchange.getRequestHeaders().getFirst(DESTINATION));
  }
}
