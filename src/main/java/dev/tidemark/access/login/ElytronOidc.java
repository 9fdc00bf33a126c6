package dev.tidemark.access.login;

import jakarta.servlet.ServletContext;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Optional;
import org.wildfly.security.http.oidc.OidcClientConfiguration;
import org.wildfly.security.http.oidc.OidcClientConfigurationBuilder;
import org.wildfly.security.http.oidc.OidcClientContext;
import org.wildfly.security.http.oidc.OidcPrincipal;
import org.wildfly.security.http.oidc.RefreshableOidcSecurityContext;

/**
 * A browser's login at the identity provider, as the server keeps it with the HTTP session.
 *
 * <p>Only this class touches the server's OpenID Connect client. The client's module is present
 * only where the server uses it for this application (then the server adds it by itself; a
 * dependency on it would cause a warning, because it is private). Elsewhere only {@link #made} may
 * be called.
 */
public final class ElytronOidc {
  private ElytronOidc() {}

  /** Whether the principal comes from the server's OpenID Connect login; may always be called. */
  public static boolean made(Principal principal) {
    return principal != null
        && principal.getClass().getName().equals("org.wildfly.security.http.oidc.OidcPrincipal");
  }

  /** The login's access token, which the server has renewed if it had expired. */
  public static Optional<String> accessToken(Principal principal) {
    return Optional.ofNullable(contextOf(principal).getTokenString());
  }

  /** The provider's logout address, if it names one. */
  static Optional<URI> endSession(Principal principal) {
    return Optional.ofNullable(contextOf(principal).getOidcClientConfiguration())
        .map(OidcClientConfiguration::getLogoutUrl)
        .map(URI::create);
  }

  /**
   * Makes logins use PKCE (RFC 7636), so that each proves that the provider's code was issued for
   * it. The server supports this, but its configuration has no attribute for it, nor for a scope.
   * So this puts the server's own configuration, with both added, where the server looks before it
   * makes one itself.
   *
   * @param json the server's configuration
   * @param scope the scope to request besides {@code openid}
   */
  static void prepare(ServletContext context, String json, Optional<String> scope) {
    OidcClientConfiguration configuration =
        OidcClientConfigurationBuilder.build(
            new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    configuration.setPkce(true);
    scope.ifPresent(configuration::setScope);
    context.setAttribute(OidcClientContext.class.getName(), new OidcClientContext(configuration));
  }

  private static RefreshableOidcSecurityContext contextOf(Principal principal) {
    return (RefreshableOidcSecurityContext) ((OidcPrincipal<?>) principal).getOidcSecurityContext();
  }
}
