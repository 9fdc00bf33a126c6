package dev.tidemark.access.token;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A token that a program brings with its request (RFC 6750): in a header, and nowhere else. */
public final class BearerToken {
  private static final String SCHEME = "Bearer ";
  private static final Pattern PARAMETER = Pattern.compile("[&;]");

  private BearerToken() {}

  /** The token of the request; nothing if its credentials are of another kind, or several. */
  public static Optional<String> of(HttpServletRequest request) {
    List<String> headers = Collections.list(request.getHeaders("Authorization"));
    return headers.stream()
        .filter(header -> headers.size() == 1)
        .filter(header -> header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
        .map(header -> header.substring(SCHEME.length()).strip())
        .findFirst();
  }

  /**
   * Whether there is one in the address, where it would get into logs, histories and the hands of
   * other sites. Looks at the address only, so that the request's body is left to be read.
   */
  public static boolean isInAddress(HttpServletRequest request) {
    return request.getQueryString() != null
        && Stream.of(PARAMETER.split(request.getQueryString(), -1))
            .map(parameter -> decoded(parameter.split("=", 2)[0]))
            .anyMatch("access_token"::equalsIgnoreCase);
  }

  private static String decoded(String name) {
    try {
      return URLDecoder.decode(name, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return name;
    }
  }
}
