package dev.tidemark.access.token;

import com.nimbusds.jose.util.Base64URL;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A token that a program sends with its request (RFC 6750), in a header and nowhere else. */
public final class BearerToken {
  private static final String SCHEME = "Bearer ";
  private static final Pattern PARAMETER = Pattern.compile("[&;]");

  private BearerToken() {}

  /** The token of the request; empty if its credentials are of another kind, or several. */
  public static Optional<String> of(HttpServletRequest request) {
    List<String> headers = Collections.list(request.getHeaders("Authorization"));
    return headers.size() == 1 ? in(headers.get(0)) : Optional.empty();
  }

  /** The token that a header brings; empty if its credentials are of another kind. */
  static Optional<String> in(String header) {
    return Optional.of(header)
        .filter(one -> one.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
        .map(one -> one.substring(SCHEME.length()).strip());
  }

  /**
   * The one text for all that a header may have for the same token: its signature is read past any
   * character that is none of it.
   */
  public static Optional<String> canonical(String header) {
    return in(header)
        .map(
            token -> {
              int signature = token.lastIndexOf('.') + 1;
              byte[] decoded = new Base64URL(token.substring(signature)).decode();
              return token.substring(0, signature) + Base64URL.encode(decoded);
            });
  }

  /**
   * Whether the address contains a token, which would get into logs, histories and the hands of
   * other sites. Reads only the address, so that the request's body can still be read.
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
