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
 * <p>The only class that touches the server's OpenID Connect client. Its module is there only where
 * the server uses it for this application (then the server adds it by itself; to ask for it would
 * be warned about, because it is private), so nothing here may be called elsewhere.
 */
public final class ElytronOidc {
  private ElytronOidc() {}

  /** Whether the server logged somebody in by OpenID Connect; can always be asked. */
  public static boolean made(Principal principal) {
    return principal != null
        && principal.getClass().getName().equals("org.wildfly.security.http.oidc.OidcPrincipal");
  }

  /** The login's access token, which the server has renewed if it was over. */
  public static Optional<String> accessToken(Principal principal) {
    return Optional.ofNullable(contextOf(principal).getTokenString());
  }

  /** Where the provider logs people out, if it says so. */
  static Optional<URI> endSession(Principal principal) {
    return Optional.ofNullable(contextOf(principal).getOidcClientConfiguration())
        .map(OidcClientConfiguration::getLogoutUrl)
        .map(URI::create);
  }

  /**
   * Lets each login prove that it is the one that the provider's code was made for (PKCE, RFC
   * 7636). The server can do that, but its configuration has no attribute for it, nor for a scope;
   * so this puts the server's own configuration, with these two more, where the server looks before
   * it makes one itself.
   *
   * @param json the configuration
   * @param scope what is asked for besides {@code openid}
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
