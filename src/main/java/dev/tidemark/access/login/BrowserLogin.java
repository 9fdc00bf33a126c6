package dev.tidemark.access.login;

import dev.tidemark.access.Caller;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * A browser's login on this node: its HTTP session, and what ends with it, as the sockets that came
 * with its cookie. It is stored in the session itself, whose id may change.
 */
public final class BrowserLogin {
  private static final Logger LOG = Logger.getLogger(BrowserLogin.class);

  private final UUID id = UUID.randomUUID();
  private final HttpSession session;
  private final Caller caller;

  /** Run when the login ends. Guarded by this. */
  private final Set<Runnable> dependents = new HashSet<>();

  private final AtomicBoolean used = new AtomicBoolean();

  private boolean hasEnded;

  BrowserLogin(HttpSession session, Caller caller) {
    this.session = session;
    this.caller = caller;
  }

  /** The login's name among nodes; no credential. */
  public UUID id() {
    return id;
  }

  public Caller caller() {
    return caller;
  }

  /** Whether it is this caller's, by the same login at the provider. */
  boolean isOf(Caller other) {
    return caller.name().equals(other.name())
        && caller.tenant().equals(other.tenant())
        && caller
            .authentication()
            .providerSession()
            .equals(other.authentication().providerSession());
  }

  /** Claims the first request of the login that is let in; returns true to one caller only. */
  public boolean claimFirstUse() {
    return used.compareAndSet(false, true);
  }

  /** Runs this when the login ends, or now if it has ended. */
  public void attach(Runnable ending) {
    synchronized (this) {
      if (!hasEnded) {
        dependents.add(ending);
        return;
      }
    }
    ending.run();
  }

  /** Whether it is over. */
  public synchronized boolean hasEnded() {
    return hasEnded;
  }

  /** Undoes {@link #attach}. */
  public synchronized void detach(Runnable ending) {
    dependents.remove(ending);
  }

  /** Sets the idle timeout of the login, instead of the login form's. */
  void endAfter(Duration idle) {
    session.setMaxInactiveInterval(Math.toIntExact(idle.toSeconds()));
  }

  /**
   * Restarts the idle timeout of the login, as a request would; the server restarts it for each new
   * interval, even of the same length.
   */
  public void keepAlive() {
    try {
      session.setMaxInactiveInterval(session.getMaxInactiveInterval());
    } catch (IllegalStateException e) {
      // The login is ending now, and its dependents are told.
    }
  }

  /** Ends the HTTP session. */
  void invalidate() {
    try {
      session.invalidate();
    } catch (IllegalStateException e) {
      // Already ended.
    }
  }

  /** Runs the dependents, because the login is over. One that fails keeps no other from its end. */
  void end() {
    List<Runnable> endings;
    synchronized (this) {
      hasEnded = true;
      endings = List.copyOf(dependents);
      dependents.clear();
    }
    endings.forEach(BrowserLogin::run);
  }

  private static void run(Runnable ending) {
    try {
      ending.run();
    } catch (RuntimeException | Error e) {
      LOG.error("TIDE0741 What was to end with a login failed; the rest of it ends.", e);
    }
  }
}
