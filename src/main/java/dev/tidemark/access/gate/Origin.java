package dev.tidemark.access.gate;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** The page that a browser's request comes from. A program names none. */
final class Origin {
  private Origin() {}

  static Optional<String> of(HttpServletRequest request) {
    return Optional.ofNullable(request.getHeader("Origin"));
  }

  /** Whether it is a page of neither the gateway itself nor an allowed origin. */
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
