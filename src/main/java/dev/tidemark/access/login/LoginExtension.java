package dev.tidemark.access.login;

import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.session.Session;
import io.undertow.server.session.SessionListener;
import io.undertow.servlet.ServletExtension;
import io.undertow.servlet.api.DeploymentInfo;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.Set;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Learns when people sign in, and of the end of HTTP sessions before the server closes their
 * sockets with 1008, which explains nothing. It tells an ended session from a node that only stops.
 * The server finds it by {@code META-INF/services}.
 */
public final class LoginExtension implements ServletExtension {
  @Override
  public void handleDeployment(DeploymentInfo deployment, ServletContext context) {
    Duration idle =
        Settings.beforeStart(
            AccessSettings.LOGIN_IDLE, ConfigProvider.getConfig(deployment.getClassLoader()));
    deployment.addSessionListener(new Listener(Math.toIntExact(idle.toSeconds())));
  }

  /** The listener added last is told first of an end. */
  private static final class Listener implements SessionListener {
    /** The session attribute with the sockets that the server would close. */
    private static final String SOCKETS = "io.undertow.websocket.current-connections";

    /** What the server keeps in the session of somebody who has signed in, by form or provider. */
    private static final Set<String> SIGNED_IN =
        Set.of(
            "org.wildfly.security.cache.CachedIdentity",
            "org.wildfly.security.http.oidc.OidcAccount");

    private final int idleSeconds;

    Listener(int idleSeconds) {
      this.idleSeconds = idleSeconds;
    }

    @Override
    public void sessionCreated(Session session, HttpServerExchange exchange) {
      session.setAttribute(SessionLogin.KEY, new SessionLogin());
      session.setMaxInactiveInterval(idleSeconds);
    }

    @Override
    public void attributeAdded(Session session, String name, Object value) {
      if (SIGNED_IN.contains(value.getClass().getName())
          && session.getAttribute(SessionLogin.KEY) instanceof SessionLogin login) {
        login.signedIn();
      }
    }

    @Override
    public void sessionDestroyed(
        Session session, HttpServerExchange exchange, SessionDestroyedReason reason) {
      session.removeAttribute(SOCKETS);
      if (reason != SessionDestroyedReason.UNDEPLOY
          && session.getAttribute(SessionLogin.KEY) instanceof SessionLogin login) {
        login.end();
      }
    }
  }
}
