package dev.tidemark.access.gate;

import dev.tidemark.access.Sha256;
import dev.tidemark.access.token.BearerToken;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.Cookie;
import io.undertow.util.Headers;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The credentials of a request, as a hash: the header {@code Authorization}, or else the login. It
 * is the same however they are written, so that nobody gets another by another spelling.
 *
 * @param socket whether they ask for a socket, whose limits are others than those of REST
 */
record CredentialsHash(boolean socket, String hex) {
  /** Empty without credentials. */
  static Optional<CredentialsHash> of(HttpServletRequest request) {
    String name = Exchanges.loginCookie(request.getServletContext());
    Optional<String> login =
        Optional.ofNullable(request.getCookies()).stream()
            .flatMap(Arrays::stream)
            .filter(cookie -> cookie.getName().equals(name))
            .map(jakarta.servlet.http.Cookie::getValue)
            .findFirst();
    return of(
        AccessRequest.of(request).socket(),
        Optional.ofNullable(request.getHeader("Authorization")),
        login);
  }

  /**
   * Empty without credentials.
   *
   * @param loginCookie the name of the cookie of the server's login sessions
   */
  static Optional<CredentialsHash> of(HttpServerExchange exchange, String loginCookie) {
    return of(
        Exchanges.isSocket(exchange),
        Optional.ofNullable(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION)),
        Optional.ofNullable(exchange.getRequestCookie(loginCookie)).map(Cookie::getValue));
  }

  /** With a header no login counts, so a cookie beside it makes nobody another. */
  private static Optional<CredentialsHash> of(
      boolean socket, Optional<String> header, Optional<String> login) {
    return header
        .map(CredentialsHash::canonical)
        .or(() -> login.map(CredentialsHash::session))
        .map(one -> HexFormat.of().formatHex(Sha256.of(one)))
        .map(hex -> new CredentialsHash(socket, hex));
  }

  private static String canonical(String header) {
    return BasicCredentials.pair(header)
        .map(pair -> "basic " + pair)
        .or(() -> BearerToken.canonical(header).map(token -> "bearer " + token))
        .orElse(header);
  }

  /** The server takes what follows the first dot for the name of a node. */
  private static String session(String cookie) {
    int dot = cookie.indexOf('.');
    return dot < 0 ? cookie : cookie.substring(0, dot);
  }
}
