package dev.tidemark.access.gate;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** The origin of the page that sent a request. A program sends none. */
final class Origin {
  private Origin() {}

  static Optional<String> of(HttpServletRequest request) {
    return Optional.ofNullable(request.getHeader("Origin"));
  }

  /** Whether the origin is neither the gateway's own nor an allowed one. */
  static boolean isForeign(HttpServletRequest request, Set<String> allowed) {
    return of(request)
        .filter(
            origin ->
                !allowed.contains(origin)
                    && !isOwn(
                        origin,
                        request.getScheme(),
                        request.getServerName(),
                        request.getServerPort()))
        .isPresent();
  }

  /**
   * Whether the origin is the gateway's.
   *
   * @param origin an origin, or the address of a page
   */
  static boolean isOwn(String origin, String scheme, String host, int port) {
    try {
      URI from = URI.create(origin);
      return scheme.equalsIgnoreCase(from.getScheme())
          && host.equalsIgnoreCase(from.getHost())
          && port == portOf(from);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static int portOf(URI origin) {
    if (origin.getPort() >= 0) {
      return origin.getPort();
    }
    return "https".equalsIgnoreCase(origin.getScheme()) ? 443 : 80;
  }
}
