package dev.tidemark.socket;

import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.WireSettings;
import dev.tidemark.delivery.Subscription;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.PingFrame;
import jakarta.websocket.RemoteEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Checks whether a client is still there: whether it reads, and whether anything is heard from it.
 * The server's idle timeout does not help, because sending refreshes it too.
 */
final class Liveness {
  private static final Logger LOG = Logger.getLogger(Liveness.class);

  private final Connection connection;
  private final RemoteEndpoint.Async remote;
  private final Duration stall;
  private final Duration silence;
  private final Duration pingInterval;
  private volatile long heardNanos = System.nanoTime();

  /** Used only by the heartbeat's thread. */
  private long pingedNanos = System.nanoTime();

  Liveness(Connection connection, RemoteEndpoint.Async remote, Settings settings) {
    this.connection = connection;
    this.remote = remote;
    stall = settings.get(DeliverySettings.STALL);
    silence = settings.get(WireSettings.SILENCE);
    pingInterval = settings.get(WireSettings.HEARTBEAT);
  }

  /** Notes a sign of life. */
  void heard() {
    heardNanos = System.nanoTime();
  }

  /**
   * Ends the connection of a client that cannot be sent anything, that reads nothing, or that reads
   * but has been silent for too long.
   *
   * @return whether it was ended
   */
  boolean endIfGone(long nowNanos) {
    if (connection.outbound().isShut()) { // a send failed unexpectedly
      connection.failed();
      return true;
    }
    Duration stalled = connection.outbound().stalledFor();
    if (stalled.compareTo(stall) > 0) {
      connection
          .errors()
          .refuseConnection(
              ErrorCode.TOO_SLOW,
              "Nothing was read for " + stalled.toMillis() + " ms. Come back with your cursor.");
      return true;
    }
    if (connection.outbound().hasWindow() && nowNanos - heardNanos > silence.toNanos()) {
      connection
          .errors()
          .refuseConnection(ErrorCode.SILENT, "Nothing was heard for too long, not even a pong.");
      return true;
    }
    return false;
  }

  /**
   * Sends a frame with the head, which reveals a lost last event, and a ping that every WebSocket
   * client answers by itself. A client whose window is full gets none: it has enough to answer.
   */
  void pingIfDue(long nowNanos) {
    if (nowNanos - pingedNanos <= pingInterval.toNanos()) {
      return;
    }
    pingedNanos = nowNanos;
    if (!connection.outbound().hasWindow()) {
      return;
    }
    connection.send(
        new PingFrame(
            connection
                .joinedSession()
                .map(JoinedSession::subscription)
                .map(Subscription::position)));
    try {
      remote.sendPing(ByteBuffer.allocate(0));
    } catch (IOException | IllegalStateException e) {
      LOG.debugf("TIDE0202 A ping could not be sent to %s: %s", connection, e.getMessage());
    }
  }
}
