package dev.tidemark.socket;

import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.wire.ErrorCode;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Checks a connection regularly: whether its token has expired, its client is gone or no session
 * was named in time, in this order. Otherwise pings the client when a ping is due.
 */
final class Heartbeat {
  private final Connection connection;
  private final Liveness liveness;
  private final Duration joinWithin;
  private final long openedNanos = System.nanoTime();

  Heartbeat(Connection connection, Liveness liveness, Settings settings) {
    this.connection = connection;
    this.liveness = liveness;
    joinWithin = settings.get(AccessSettings.JOIN_WITHIN);
  }

  /** Pings, or ends the connection. */
  void beat() {
    long now = System.nanoTime();
    OptionalLong millisToExpiry = connection.millisToExpiry();
    if (millisToExpiry.isPresent() && millisToExpiry.getAsLong() == 0) {
      connection
          .errors()
          .refuseConnection(
              ErrorCode.AUTH_EXPIRED, "The access token has expired. Come back with a fresh one.");
    } else if (liveness.endIfGone(now)) {
      return;
    } else if (now - openedNanos > joinWithin.toNanos() && connection.isWaitingForJoin()) {
      connection
          .errors()
          .refuseConnection(
              ErrorCode.JOIN_TIMEOUT,
              "Neither hello nor join was said in time.",
              OptionalLong.of(1));
    } else {
      liveness.pingIfDue(now);
    }
  }
}
