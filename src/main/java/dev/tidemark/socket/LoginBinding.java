package dev.tidemark.socket;

import dev.tidemark.access.login.BrowserLogin;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Binds a connection to the browser login that it came with. The connection ends with the login,
 * and while frames go in or out the login does not time out for lack of requests. Pings and pongs
 * are automatic and do not count.
 */
final class LoginBinding {
  private final BrowserLogin browserLogin;
  private final Runnable endConnection;
  private final Supplier<Optional<JoinedSession>> joinedSession;
  private volatile boolean isDetached;
  private volatile boolean active = true;

  /** The last event sent at the last look; used only by the heartbeat's thread. */
  private long sentCursor = -1;

  LoginBinding(Connection connection, BrowserLogin browserLogin) {
    this(browserLogin, connection::loginEnded, connection::joinedSession);
  }

  /**
   * @param endConnection called when the login ends, unless the connection was detached before
   * @param joinedSession the session that the connection follows at the moment, if any
   */
  LoginBinding(
      BrowserLogin browserLogin,
      Runnable endConnection,
      Supplier<Optional<JoinedSession>> joinedSession) {
    this.browserLogin = browserLogin;
    this.endConnection = endConnection;
    this.joinedSession = joinedSession;
  }

  /** Also for a connection that was closed before: then the login does not keep it. */
  void attach() {
    browserLogin.attach(endConnection);
    if (isDetached) {
      browserLogin.detach(endConnection);
    }
  }

  void detach() {
    isDetached = true; // before the removal: one of the two threads sees the work of the other
    browserLogin.detach(endConnection);
  }

  void noteActivity() {
    active = true;
  }

  /** Keeps the login alive if frames went in or out since the last look. */
  void keepAliveIfUsed() {
    long sent =
        joinedSession
            .get()
            .map(joined -> joined.subscription().progress().sentCursor())
            .orElse(sentCursor);
    if (active || sent != sentCursor) {
      active = false;
      sentCursor = sent;
      browserLogin.keepAlive();
    }
  }
}
