package dev.tidemark.access.login;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.config.IdentityProvider;
import dev.tidemark.config.Settings;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.net.URI;
import java.net.URLEncoder;
import java.security.Principal;
import java.time.Instant;
import java.util.Optional;

/** The browser login of the current request. */
@RequestScoped
public class LoginSession {
  private static final String BEGAN = "dev.tidemark.login.";

  @Inject HttpServletRequest request;
  @Inject Settings settings;

  /**
   * The start of a login: the time of its first token, which is kept with the HTTP session.
   *
   * @param login the identity provider's name for the login
   * @param issuedAt the time of issue of the login's current token
   */
  public Instant beganAt(String login, Instant issuedAt) {
    HttpSession session = request.getSession(false);
    if (session == null) {
      return issuedAt;
    }
    String key = BEGAN + login;
    if (session.getAttribute(key) instanceof Instant earlier) {
      return earlier;
    }
    session.setAttribute(key, issuedAt);
    return issuedAt;
  }

  /**
   * Ends the login here, and with it the sockets that came with its cookie.
   *
   * @return the address where the browser ends the login at the provider too
   */
  public Optional<URI> end() throws ServletException {
    Principal principal = request.getUserPrincipal();
    Optional<URI> provider =
        settings
            .identityProvider()
            .filter(configured -> ElytronOidc.made(principal))
            .flatMap(
                configured -> ElytronOidc.endSession(principal).map(at -> leave(at, configured)));
    HttpSession session = request.getSession(false);
    request.logout();
    if (session != null) {
      invalidate(session);
    }
    return provider;
  }

  /**
   * RP-Initiated Logout 1.0 without {@code id_token_hint}: no token gets into an address, and the
   * provider asks the person instead.
   */
  private URI leave(URI endSession, IdentityProvider provider) {
    URI page =
        URI.create(request.getRequestURL().toString()).resolve(request.getContextPath() + "/");
    return URI.create(
        endSession
            + (endSession.getQuery() == null ? "?" : "&")
            + "client_id="
            + URLEncoder.encode(provider.clientId(), UTF_8)
            + "&post_logout_redirect_uri="
            + URLEncoder.encode(page.toString(), UTF_8));
  }

  private static void invalidate(HttpSession session) {
    try {
      session.invalidate();
    } catch (IllegalStateException e) {
      // Already done by the server's own logout.
    }
  }
}
