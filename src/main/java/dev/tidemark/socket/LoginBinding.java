package dev.tidemark.socket;

import dev.tidemark.access.login.BrowserLogin;

/**
 * Binds a connection to the browser login that it came with. The connection ends with the login,
 * and while frames go in or out the login does not time out for lack of requests. Pings and pongs
 * are automatic and do not count.
 */
final class LoginBinding {
  private final Connection connection;
  private final BrowserLogin browserLogin;
  private final Runnable endConnection;
  private volatile boolean isDetached;
  private volatile boolean active = true;

  /** The last event sent at the last look; used only by the heartbeat's thread. */
  private long sentCursor = -1;

  LoginBinding(Connection connection, BrowserLogin browserLogin) {
    this.connection = connection;
    this.browserLogin = browserLogin;
    endConnection = connection::loginEnded;
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
        connection
            .joinedSession()
            .map(joined -> joined.subscription().progress().sentCursor())
            .orElse(sentCursor);
    if (active || sent != sentCursor) {
      active = false;
      sentCursor = sent;
      browserLogin.keepAlive();
    }
  }
}
