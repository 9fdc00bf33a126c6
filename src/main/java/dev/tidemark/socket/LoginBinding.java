package dev.tidemark.socket;

import dev.tidemark.access.login.BrowserLogin;
import dev.tidemark.wire.ErrorCode;
import java.util.OptionalLong;

/**
 * Ties a connection to the browser's login that it came with: it ends with it, and while something
 * goes in or out the login does not end for want of requests. Pings and pongs come by themselves
 * and are nothing.
 */
final class LoginBinding {
  private final Connection connection;
  private final BrowserLogin browserLogin;
  private final Runnable ending = this::ended;
  private volatile boolean busy = true;

  /** Of the heartbeat's thread: how far events were sent at the last look. */
  private long sentCursor = -1;

  LoginBinding(Connection connection, BrowserLogin browserLogin) {
    this.connection = connection;
    this.browserLogin = browserLogin;
  }

  void attach() {
    browserLogin.attach(ending);
  }

  void detach() {
    browserLogin.detach(ending);
  }

  void isBusy() {
    busy = true;
  }

  /** Keeps the login if something came or went since the last look. */
  void look() {
    long sent =
        connection
            .membership()
            .map(joined -> joined.subscription().progress().sentCursor())
            .orElse(sentCursor);
    if (busy || sent != sentCursor) {
      busy = false;
      sentCursor = sent;
      browserLogin.keepAlive();
    }
  }

  private void ended() {
    var unused =
        connection.end(
            ErrorCode.LOGGED_OUT,
            "The login that this connection came with has ended. Log in anew.",
            OptionalLong.empty());
  }
}
