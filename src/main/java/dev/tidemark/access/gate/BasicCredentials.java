package dev.tidemark.access.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.access.limit.PasswordGuesses;
import dev.tidemark.access.limit.QuotaExceededException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Logs in a program that sends a name and a password with each request (RFC 7617). The container's
 * own Basic mechanism, next to its form, would respond to a wrong password with the form; here the
 * request stays unauthenticated and gets its 401.
 */
final class BasicCredentials {
  private static final String SCHEME = "Basic ";

  private BasicCredentials() {}

  /**
   * Lets the container's security domain check the Basic credentials of the request, if it has one
   * pair of them.
   *
   * @throws QuotaExceededException if the address has guessed too often at this account
   */
  static void login(HttpServletRequest request, PasswordGuesses guesses) {
    List<String> headers = Collections.list(request.getHeaders("Authorization"));
    if (request.getUserPrincipal() != null || headers.size() != 1) {
      return;
    }
    pair(headers.get(0))
        .ifPresent(
            pair -> {
              int colon = pair.indexOf(':');
              if (colon > 0) {
                login(request, pair.substring(0, colon), pair.substring(colon + 1), guesses);
              }
            });
  }

  /** The name and password that a header brings; empty if it brings none, or garbled ones. */
  static Optional<String> pair(String header) {
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    try {
      byte[] pair = Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
      return Optional.of(new String(pair, UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // the request stays without a caller, and AccessFilter answers 401
    }
  }

  private static void login(
      HttpServletRequest request, String name, String password, PasswordGuesses guesses) {
    guesses.check(request.getRemoteAddr(), name);
    try {
      request.login(name, password);
      forgetLogin(request);
    } catch (ServletException e) {
      guesses.count(request.getRemoteAddr(), name); // wrong: no caller, the same answer
    }
  }

  /**
   * The container keeps a login in an HTTP session. A program sends its credentials each time, and
   * a socket must not end with a session that nobody uses.
   */
  private static void forgetLogin(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    if (session != null && session.isNew()) {
      session.invalidate();
    }
  }
}
