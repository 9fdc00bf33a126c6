package dev.tidemark.access.login;

import dev.tidemark.access.Caller;
import jakarta.servlet.http.HttpSession;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A browser's login on this node: its HTTP session, and the sockets that came with its cookie. It
 * is stored in the session itself, whose id may change; {@link #end} is called once.
 */
public final class BrowserLogin {
  static final String KEY = "dev.tidemark.login";

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

  Caller caller() {
    return caller;
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

  /** Undoes {@link #attach}. */
  public synchronized void detach(Runnable ending) {
    dependents.remove(ending);
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

  /** Runs the dependents, because the login is over. */
  void end() {
    List<Runnable> endings;
    synchronized (this) {
      hasEnded = true;
      endings = List.copyOf(dependents);
      dependents.clear();
    }
    endings.forEach(Runnable::run);
  }
}
