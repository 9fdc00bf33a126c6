package dev.tidemark.access.login;

import dev.tidemark.access.Caller;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The browser logins on this node that have been seen at the REST paths or the socket. */
@ApplicationScoped
public class BrowserLogins {
  private final Map<UUID, BrowserLogin> open = new ConcurrentHashMap<>();
  private BackgroundJobs backgroundJobs;
  private Duration idle;
  private LoginLimit limit;

  /** For the container's proxy. */
  BrowserLogins() {}

  @Inject
  BrowserLogins(BackgroundJobs backgroundJobs, Settings settings) {
    this(
        backgroundJobs,
        settings.get(AccessSettings.LOGIN_IDLE),
        new LoginLimit(settings.get(AccessSettings.LOGINS_PER_PRINCIPAL)));
  }

  BrowserLogins(BackgroundJobs backgroundJobs, Duration idle, LoginLimit limit) {
    this.backgroundJobs = backgroundJobs;
    this.idle = idle;
    this.limit = limit;
  }

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
    List<BrowserLogin> tooOld = new ArrayList<>(1);
    try {
      return Optional.of(
          SessionLogin.of(session)
              .of(session, caller, login -> begin(login).ifPresent(tooOld::add)));
    } catch (IllegalStateException e) { // the session has ended since
      BrowserLogin over = new BrowserLogin(session, caller);
      over.end();
      return Optional.of(over);
    } finally {
      // Here, where nobody waits for this session: with no other thread to spare, this one ends it.
      // One that has ended was of this same session, which the new login needs.
      tooOld.stream().filter(login -> !login.hasEnded()).forEach(this::end);
    }
  }

  private Optional<BrowserLogin> begin(BrowserLogin login) {
    login.endAfter(idle);
    return register(login);
  }

  /**
   * Adds a login, or fails and leaves nothing of it. In this order: one that has ended before it is
   * attached to is removed by that.
   *
   * @return the login that is to end for it, because its principal has too many
   */
  Optional<BrowserLogin> register(BrowserLogin login) {
    String principal = Quotas.key(login.caller());
    try {
      open.put(login.id(), login);
      limit.add(principal, login);
      login.attach(() -> forget(principal, login));
      return limit.takeTooOld(principal);
    } catch (RuntimeException | Error e) {
      forget(principal, login);
      throw e;
    }
  }

  private void forget(String principal, BrowserLogin login) {
    open.remove(login.id());
    limit.remove(principal, login);
  }

  /** The login of this name, if it is of this node and open. */
  public Optional<BrowserLogin> find(UUID id) {
    return Optional.ofNullable(open.get(id));
  }

  /**
   * Ends the logins of the matching callers, and with them their sockets. Runs on another thread,
   * because on this one the server would remove the cookie of the current request, the
   * administrator's.
   */
  public void end(Predicate<Caller> whose) {
    List<BrowserLogin> meant =
        open.values().stream().filter(login -> whose.test(login.caller())).toList();
    if (!meant.isEmpty()) {
      backgroundJobs.soon(() -> meant.forEach(BrowserLogin::invalidate));
    }
  }

  /** Ends one login, on another thread. */
  public void end(BrowserLogin login) {
    backgroundJobs.soon(login::invalidate);
  }
}
