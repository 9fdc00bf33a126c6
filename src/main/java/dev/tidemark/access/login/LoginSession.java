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
  @Inject HttpServletRequest request;
  @Inject Settings settings;

  /**
   * The time of the sign-in that this request's cookie stands for, by this node's clock. If it was
   * not seen, the start of the HTTP session, which was no later; empty without one.
   */
  public Optional<Instant> signedInAt() {
    return Optional.ofNullable(request.getSession(false))
        .map(
            session ->
                SessionLogin.of(session)
                    .signedInAt()
                    .orElseGet(() -> Instant.ofEpochMilli(session.getCreationTime())));
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
