package dev.tidemark.access.login;

import dev.tidemark.config.OidcSettings;
import dev.tidemark.config.Settings;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;

/**
 * Where the server was told to log people in by OpenID Connect, this makes the login use PKCE, and
 * ask for the scope that is set. Listed in {@code web.xml}, so that it comes before the server's
 * own listener.
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
