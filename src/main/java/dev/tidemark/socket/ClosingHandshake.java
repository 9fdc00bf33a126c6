package dev.tidemark.socket;

import dev.tidemark.session.Client;
import dev.tidemark.session.LeaveReason;
import dev.tidemark.wire.EncodedFrame;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.ErrorFrame;
import dev.tidemark.wire.HelloError;
import dev.tidemark.wire.ServerFrame;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Ends a connection: the first reason counts, is sent in a last frame, and the socket is closed
 * with its code. Frame and close have the linger time to go out, then the server cuts the
 * connection.
 */
final class ClosingHandshake {
  private static final Logger LOG = Logger.getLogger(ClosingHandshake.class);
  private static final int LOST_CODE = CloseReason.CloseCodes.CLOSED_ABNORMALLY.getCode();

  /** The connection broke, and nobody could be told of its end. */
  static final LeaveReason LOST = new LeaveReason("lost", OptionalInt.of(LOST_CODE));

  private final Session socket;
  private final Client client;
  private final Outbound outbound;
  private final Duration linger;

  /** {@code null} while the connection is open. */
  private final AtomicReference<LeaveReason> reason = new AtomicReference<>();

  /** The code to close with, and the time at which that has happened unless something failed. */
  private volatile ErrorCode closeCode;

  private volatile long closeNanos;
  private volatile boolean isClosed;

  ClosingHandshake(Session socket, Client client, Outbound outbound, Duration linger) {
    this.socket = socket;
    this.client = client;
    this.outbound = outbound;
    this.linger = linger;
  }

  /** The reason for leaving of a client whose connection was ended with this code. */
  static LeaveReason reasonOf(ErrorCode code) {
    return new LeaveReason(code.wireName(), OptionalInt.of(closeCodeOf(code)));
  }

  /**
   * The reason for leaving of a client whose socket was closed with this code, 1006 for none. Never
   * fails, because what has to be given back then is given back by nobody else.
   */
  static LeaveReason reasonOf(int closeCode) {
    try {
      return closeCode == LOST_CODE ? LOST : new LeaveReason("closed", OptionalInt.of(closeCode));
    } catch (OutOfMemoryError e) {
      return LOST;
    }
  }

  static int closeCodeOf(ErrorCode code) {
    return code.closeCode().orElse(CloseReason.CloseCodes.UNEXPECTED_CONDITION.getCode());
  }

  /**
   * Ends the connection.
   *
   * @return whether this was the first reason
   */
  boolean begin(LeaveReason leaveReason) {
    return reason.compareAndSet(null, leaveReason);
  }

  /** The reason why the connection ended; empty while it is open. */
  Optional<LeaveReason> reason() {
    return Optional.ofNullable(reason.get());
  }

  /**
   * Sends the last frame, then closes the socket; at once if the frame cannot be sent. Nothing is
   * sent after it.
   *
   * @param joined whether the client had joined a session
   */
  void complete(boolean joined, ErrorCode code, String message, OptionalLong retryAfterSeconds) {
    closeNanos = System.nanoTime() + 2 * linger.toNanos();
    closeCode = code;
    try {
      outbound.limitSendTime(linger);
      ServerFrame lastFrame =
          joined
              ? new ErrorFrame(code, message, retryAfterSeconds)
              : new HelloError(code, message, retryAfterSeconds);
      outbound.send(EncodedFrame.of(lastFrame), sent -> close(code));
    } catch (RuntimeException | Error e) {
      close(code);
      throw e;
    } finally {
      outbound.shut();
    }
  }

  /** Closes the socket if it should have been long ago, but there was an error each time. */
  void closeIfOverdue() {
    ErrorCode code = closeCode;
    if (code != null && !isClosed && System.nanoTime() - closeNanos > 0) {
      close(code);
    }
  }

  private void close(ErrorCode code) {
    try {
      socket.setMaxIdleTimeout(linger.toMillis());
      socket.close(
          new CloseReason(CloseReason.CloseCodes.getCloseCode(closeCodeOf(code)), code.wireName()));
      isClosed = true;
    } catch (IOException | IllegalStateException e) {
      isClosed = true;
      LOG.debugf(
          "TIDE0203 The socket of %s was gone before it was closed: %s", client, e.getMessage());
    }
  }
}
