package dev.tidemark.access;

import dev.tidemark.ops.Background;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The browsers' logins on this node that have been seen at the REST paths or the socket. */
@ApplicationScoped
public class Logins {
  @Inject Background background;

  private final Set<Login> open = ConcurrentHashMap.newKeySet();

  /**
   * The login that an admitted request came with; nothing for credentials of the request's own.
   *
   * @param caller whose request it is
   */
  Optional<Login> of(HttpServletRequest request, Caller caller) {
    HttpSession session = request.getSession(false);
    if (session == null || caller.authentication().expiresAt().isPresent()) {
      return Optional.empty();
    }
    synchronized (this) {
      Object known = session.getAttribute(Login.KEY);
      if (known instanceof Login login && isOf(login, caller)) {
        return Optional.of(login);
      }
      Login login = new Login(session, caller);
      open.add(login);
      login.attach(() -> open.remove(login));
      session.setAttribute(Login.KEY, login);
      if (known instanceof Login former) {
        former.end(); // somebody else has logged in with the same cookie
      }
      return Optional.of(login);
    }
  }

  private static boolean isOf(Login login, Caller caller) {
    return login.caller().name().equals(caller.name())
        && login.caller().tenant().equals(caller.tenant())
        && login
            .caller()
            .authentication()
            .providerSession()
            .equals(caller.authentication().providerSession());
  }

  /**
   * Ends the logins of those callers, and with them their sockets. Not on this thread: the server
   * would take the cookie of the request at hand, which is the administrator's.
   */
  public void end(Predicate<Caller> whose) {
    List<Login> meant = open.stream().filter(login -> whose.test(login.caller())).toList();
    if (!meant.isEmpty()) {
      background.soon(() -> meant.forEach(Login::invalidate));
    }
  }
}
