package dev.tidemark.socket;

import dev.tidemark.config.Setting;
import dev.tidemark.config.Settings;
import dev.tidemark.delivery.Subscription;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.PingFrame;
import jakarta.websocket.RemoteEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * Whether a client is still there. The server's idle time-out is no help: what is written refreshes
 * it, too.
 */
final class Liveness {
  private static final Logger LOG = Logger.getLogger(Liveness.class);

  private final Connection connection;
  private final RemoteEndpoint.Async remote;
  private final Settings settings;
  private final long openedNanos = System.nanoTime();
  private volatile long heardNanos = System.nanoTime();
  private volatile long pingedNanos = System.nanoTime();

  Liveness(Connection connection, RemoteEndpoint.Async remote, Settings settings) {
    this.connection = connection;
    this.remote = remote;
    this.settings = settings;
  }

  /** Notes a sign of life. */
  void heard() {
    heardNanos = System.nanoTime();
  }

  /** Pings, or ends a connection that is silent, stalled or past its token's time. */
  void beat() {
    long now = System.nanoTime();
    OptionalLong millisLeft = connection.millisLeft();
    Duration stalled = connection.outbound().stalledFor();
    if (millisLeft.isPresent() && millisLeft.getAsLong() == 0) {
      connection.refuse(
          ErrorCode.AUTH_EXPIRED, "The access token has expired. Come back with a fresh one.");
    } else if (stalled.compareTo(settings.duration(Setting.STALL)) > 0) {
      connection.refuse(
          ErrorCode.TOO_SLOW,
          "Nothing was read for " + stalled.toMillis() + " ms. Come back with your cursor.");
    } else if (connection.outbound().hasRoom()
        && now - heardNanos > settings.duration(Setting.SILENCE).toNanos()) {
      connection.refuse(ErrorCode.SILENT, "Nothing was heard for too long, not even a pong.");
    } else if (now - openedNanos > settings.duration(Setting.JOIN_WITHIN).toNanos()
        && connection.isLoitering()) {
      connection.refuse(
          ErrorCode.JOIN_TIMEOUT, "Neither hello nor join was said in time.", OptionalLong.of(1));
    } else if (now - pingedNanos > settings.duration(Setting.HEARTBEAT).toNanos()) {
      pingedNanos = now;
      ping();
    }
  }

  /**
   * A frame with the head, so that a lost last event shows, and a ping that every WebSocket client
   * answers by itself.
   */
  private void ping() {
    if (!connection.outbound().hasRoom()) {
      return; // what is in flight says as much
    }
    connection.send(
        new PingFrame(
            connection.membership().map(JoinedSession::subscription).map(Subscription::position)));
    try {
      remote.sendPing(ByteBuffer.allocate(0));
    } catch (IOException | IllegalStateException e) {
      LOG.debugf("TIDE0202 Connection %s could not be pinged: %s", connection, e.getMessage());
    }
  }
}
