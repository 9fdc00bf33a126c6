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
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Learns of the end of HTTP sessions before the server closes their sockets with 1008, which
 * explains nothing. It tells an ended session from a node that only stops. The server finds it by
 * {@code META-INF/services}.
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

    private final int idleSeconds;

    Listener(int idleSeconds) {
      this.idleSeconds = idleSeconds;
    }

    @Override
    public void sessionCreated(Session session, HttpServerExchange exchange) {
      session.setMaxInactiveInterval(idleSeconds);
    }

    @Override
    public void sessionDestroyed(
        Session session, HttpServerExchange exchange, SessionDestroyedReason reason) {
      session.removeAttribute(SOCKETS);
      if (reason != SessionDestroyedReason.UNDEPLOY
          && session.getAttribute(BrowserLogin.KEY) instanceof BrowserLogin browserLogin) {
        browserLogin.end();
      }
    }
  }
}
