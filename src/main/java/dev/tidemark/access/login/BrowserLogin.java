package dev.tidemark.access.login;

import dev.tidemark.access.Caller;
import jakarta.servlet.http.HttpSession;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A browser's login on this node: its HTTP session, and the sockets that came with its cookie. It
 * lives in the session itself, whatever id that gets; the server calls {@link #end} once.
 */
public final class BrowserLogin {
  static final String KEY = "dev.tidemark.login";

  private final HttpSession session;
  private final Caller caller;

  /** Ended together with the login. Guarded by this. */
  private final Set<Runnable> dependents = new HashSet<>();

  private boolean hasEnded;

  BrowserLogin(HttpSession session, Caller caller) {
    this.session = session;
    this.caller = caller;
  }

  Caller caller() {
    return caller;
  }

  /** Has this run when the login ends, or now if it has. */
  public void attach(Runnable ending) {
    synchronized (this) {
      if (!hasEnded) {
        dependents.add(ending);
        return;
      }
    }
    ending.run();
  }

  /** Takes back what {@link #attach} was told. */
  public synchronized void detach(Runnable ending) {
    dependents.remove(ending);
  }

  /**
   * Begins the time anew after which the login ends by itself, as a request would; for the server
   * it is a new interval, even of the same length.
   */
  public void keepAlive() {
    try {
      session.setMaxInactiveInterval(session.getMaxInactiveInterval());
    } catch (IllegalStateException e) {
      // It ends in this moment, and its dependents are told.
    }
  }

  /** Ends the HTTP session. */
  void invalidate() {
    try {
      session.invalidate();
    } catch (IllegalStateException e) {
      // Somebody else was faster.
    }
  }

  /** The HTTP session is over. */
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
