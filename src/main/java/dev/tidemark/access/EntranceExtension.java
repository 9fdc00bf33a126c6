package dev.tidemark.access;

import dev.tidemark.ops.WebSettings;
import io.undertow.servlet.ServletExtension;
import io.undertow.servlet.api.DeploymentInfo;
import jakarta.servlet.ServletContext;
import jakarta.servlet.SessionCookieConfig;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Puts {@link Entrance} before the server's authentication, and says how its session cookie is
 * made; the server finds it by {@code META-INF/services}, while the application is being deployed.
 */
public final class EntranceExtension implements ServletExtension {
  @Override
  public void handleDeployment(DeploymentInfo deployment, ServletContext context) {
    WebSettings settings = WebSettings.of(ConfigProvider.getConfig(deployment.getClassLoader()));
    SessionCookieConfig cookie = context.getSessionCookieConfig();
    cookie.setHttpOnly(true);
    cookie.setSecure(settings.secureCookies());
    SecurityHeaders headers = new SecurityHeaders(settings.formTargets());
    String name = cookie.getName() == null ? "JSESSIONID" : cookie.getName();
    deployment.addInitialHandlerChainWrapper(next -> new Entrance(next, headers, context, name));
  }
}
