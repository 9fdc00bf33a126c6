package dev.tidemark.socket;

import dev.tidemark.access.login.BrowserLogin;
import dev.tidemark.wire.ErrorCode;
import java.util.OptionalLong;

/**
 * Binds a connection to the browser login that it came with. The connection ends with the login,
 * and while frames go in or out the login does not time out for lack of requests. Pings and pongs
 * are automatic and do not count.
 */
final class LoginBinding {
  private final Connection connection;
  private final BrowserLogin browserLogin;
  private final Runnable endConnection = this::loginEnded;
  private volatile boolean active = true;

  /** The last event sent at the last look; used only by the heartbeat's thread. */
  private long sentCursor = -1;

  LoginBinding(Connection connection, BrowserLogin browserLogin) {
    this.connection = connection;
    this.browserLogin = browserLogin;
  }

  void attach() {
    browserLogin.attach(endConnection);
  }

  void detach() {
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

  private void loginEnded() {
    var unused =
        connection.end(
            ErrorCode.LOGGED_OUT,
            "The login that this connection came with has ended. Log in anew.",
            OptionalLong.empty());
  }
}
