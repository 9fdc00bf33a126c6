package dev.tidemark.access.login;

import dev.tidemark.config.OidcSettings;
import dev.tidemark.config.Settings;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;

/**
 * Makes the server's OpenID Connect login, where there is one, use PKCE and request the configured
 * scope. Listed in {@code web.xml}, so that it runs before the server's own listener.
 */
public class OidcLoginConfigurer implements ServletContextListener {
  private static final String CONFIGURATION = "org.wildfly.security.http.oidc.json.config";

  @Inject Settings settings;

  @Override
  public void contextInitialized(ServletContextEvent event) {
    String configuration = event.getServletContext().getInitParameter(CONFIGURATION);
    if (configuration != null) {
      ElytronOidc.prepare(
          event.getServletContext(), configuration, settings.get(OidcSettings.SCOPE));
    }
  }
}
