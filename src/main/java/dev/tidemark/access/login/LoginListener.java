package dev.tidemark.access.login;

import dev.tidemark.access.limit.ClientAddress;
import dev.tidemark.access.limit.LoginForms;
import dev.tidemark.access.limit.Quotas;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.session.Session;
import io.undertow.server.session.SessionListener;
import java.util.Set;

/**
 * Keeps a {@link SessionLogin} in each HTTP session and tells it what happens. A session lives as
 * long as a login form may, until {@link BrowserLogins} has seen a request of whoever signed in.
 */
final class LoginListener implements SessionListener {
  /** The session attribute with the sockets that the server would close. */
  private static final String SOCKETS = "io.undertow.websocket.current-connections";

  /** What the server keeps in the session of somebody who has signed in, by form or provider. */
  private static final Set<String> SIGNED_IN =
      Set.of(
          "org.wildfly.security.cache.CachedIdentity",
          "org.wildfly.security.http.oidc.OidcAccount");

  private final LoginForms forms;
  private final int formSeconds;

  LoginListener(LoginForms forms, int formSeconds) {
    this.forms = forms;
    this.formSeconds = formSeconds;
  }

  @Override
  public void sessionCreated(Session session, HttpServerExchange exchange) {
    session.setMaxInactiveInterval(formSeconds);
    SessionLogin login = new SessionLogin(forms, Quotas.network(ClientAddress.of(exchange)));
    session.setAttribute(SessionLogin.KEY, login);
    login.begin(); // kept first: an Error cannot leave a place that no session gives back
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
