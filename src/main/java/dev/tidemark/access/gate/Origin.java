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
        .filter(origin -> !allowed.contains(origin) && !isOwn(origin, request))
        .isPresent();
  }

  private static boolean isOwn(String origin, HttpServletRequest request) {
    try {
      URI from = URI.create(origin);
      return request.getScheme().equalsIgnoreCase(from.getScheme())
          && request.getServerName().equalsIgnoreCase(from.getHost())
          && request.getServerPort() == portOf(from);
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
