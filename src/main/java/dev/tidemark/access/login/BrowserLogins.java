package dev.tidemark.access.login;

import dev.tidemark.access.Caller;
import dev.tidemark.concurrent.BackgroundJobs;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The browser logins on this node that have been seen at the REST paths or the socket. */
@ApplicationScoped
public class BrowserLogins {
  @Inject BackgroundJobs backgroundJobs;

  private final Set<BrowserLogin> open = ConcurrentHashMap.newKeySet();

  /**
   * The browser login of an admitted request; empty for a request with its own credentials.
   *
   * @param caller the caller of the request
   */
  public Optional<BrowserLogin> of(HttpServletRequest request, Caller caller) {
    HttpSession session = request.getSession(false);
    if (session == null || caller.authentication().expiresAt().isPresent()) {
      return Optional.empty();
    }
    synchronized (this) {
      Object known = session.getAttribute(BrowserLogin.KEY);
      if (known instanceof BrowserLogin browserLogin && isOf(browserLogin, caller)) {
        return Optional.of(browserLogin);
      }
      BrowserLogin browserLogin = new BrowserLogin(session, caller);
      open.add(browserLogin);
      browserLogin.attach(() -> open.remove(browserLogin));
      session.setAttribute(BrowserLogin.KEY, browserLogin);
      if (known instanceof BrowserLogin former) {
        former.end(); // somebody else has logged in with the same cookie
      }
      return Optional.of(browserLogin);
    }
  }

  private static boolean isOf(BrowserLogin browserLogin, Caller caller) {
    return browserLogin.caller().name().equals(caller.name())
        && browserLogin.caller().tenant().equals(caller.tenant())
        && browserLogin
            .caller()
            .authentication()
            .providerSession()
            .equals(caller.authentication().providerSession());
  }

  /**
   * Ends the logins of the matching callers, and with them their sockets. Runs on another thread,
   * because on this one the server would remove the cookie of the current request, the
   * administrator's.
   */
  public void end(Predicate<Caller> whose) {
    List<BrowserLogin> meant =
        open.stream().filter(browserLogin -> whose.test(browserLogin.caller())).toList();
    if (!meant.isEmpty()) {
      backgroundJobs.soon(() -> meant.forEach(BrowserLogin::invalidate));
    }
  }
}
