package dev.tidemark.socket;

import dev.tidemark.access.Caller;
import dev.tidemark.delivery.Subscription;
import dev.tidemark.ops.Setting;
import dev.tidemark.ops.Settings;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.ErrorFrame;
import dev.tidemark.wire.FrameText;
import dev.tidemark.wire.HelloError;
import dev.tidemark.wire.PingFrame;
import dev.tidemark.wire.ServerFrame;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * One client's socket: what comes in and what goes out, the session that it has joined, its
 * heartbeat and its end. Frames are handled one at a time, so what only their handlers touch needs
 * no lock.
 */
final class Connection {
  private static final Logger LOG = Logger.getLogger(Connection.class);

  private final Session socket;
  private final Caller caller;
  private final Settings settings;
  private final Inbound inbound;
  private final Outbound outbound;
  private final AtomicBoolean ended = new AtomicBoolean();
  private int badFrames;
  private volatile Optional<Membership> membership = Optional.empty();
  private volatile long heardNanos = System.nanoTime();
  private volatile long pingedNanos = System.nanoTime();

  /**
   * @param ready gets this connection handled soon, on a thread that may wait
   */
  Connection(Session socket, Caller caller, Settings settings, Consumer<Connection> ready) {
    this.socket = socket;
    this.caller = caller;
    this.settings = settings;
    outbound =
        new Outbound(
            socket.getAsyncRemote(),
            settings.number(Setting.WINDOW_BYTES),
            settings.count(Setting.WINDOW_FRAMES),
            this::roomAgain,
            this::sessionGone);
    inbound = new Inbound(this, settings, ready);
  }

  Caller caller() {
    return caller;
  }

  Inbound inbound() {
    return inbound;
  }

  Outbound outbound() {
    return outbound;
  }

  Optional<Membership> membership() {
    return membership;
  }

  boolean hasEnded() {
    return ended.get();
  }

  /** Notes a sign of life. */
  void heard() {
    heardNanos = System.nanoTime();
  }

  /** A bad frame is answered, up to a number of them. */
  void bad(ErrorCode code, String message) {
    badFrames++;
    if (badFrames > settings.number(Setting.MAX_BAD_FRAMES)) {
      end(ErrorCode.TOO_MANY_BAD_FRAMES, message + " That was one bad frame too many.");
    } else {
      send(new ErrorFrame(code, message, OptionalLong.empty()));
    }
  }

  /** Follows this session from now on. */
  void joined(Membership joined) {
    membership = Optional.of(joined);
    joined.subscription().wake(); // room that came before this line woke nobody
    if (ended.get()) {
      left(); // the socket closed while the join was on its way
    }
  }

  /** Follows no session any more: when this returns, nothing more of it is sent. */
  Optional<Membership> left() {
    Optional<Membership> before = membership;
    membership = Optional.empty();
    before.map(Membership::subscription).ifPresent(Subscription::close);
    return before;
  }

  void send(ServerFrame frame) {
    outbound.send(frame);
  }

  private void roomAgain(boolean fromServer) {
    membership
        .map(Membership::subscription)
        .ifPresent(fromServer ? Subscription::lookHere : Subscription::wake);
    inbound.roomAgain();
  }

  /** Pings, or ends a connection that is silent or stalled. */
  void beat() {
    if (ended.get()) {
      return;
    }
    long now = System.nanoTime();
    Duration stalled = outbound.stalledFor();
    if (stalled.compareTo(settings.duration(Setting.STALL)) > 0) {
      end(
          ErrorCode.TOO_SLOW,
          "Nothing was read for " + stalled.toMillis() + " ms. Come back with your cursor.");
    } else if (outbound.hasRoom()
        && now - heardNanos > settings.duration(Setting.SILENCE).toNanos()) {
      end(ErrorCode.SILENT, "Nothing was heard for too long, not even a pong.");
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
    if (!outbound.hasRoom()) {
      return; // what is in flight says as much
    }
    send(new PingFrame(membership.map(Membership::subscription).map(Subscription::position)));
    try {
      socket.getAsyncRemote().sendPing(ByteBuffer.allocate(0));
    } catch (IOException | IllegalStateException e) {
      LOG.debugf("TIDE0202 Connection %s could not be pinged: %s", this, e.getMessage());
    }
  }

  private void sessionGone() {
    end(ErrorCode.NO_SUCH_SESSION, "The database was restored to a time before this session.");
  }

  void end(ErrorCode code, String message) {
    end(code, message, OptionalLong.empty());
  }

  /**
   * Says why, then closes with the code's close code; both have the linger time to leave, then the
   * connection is cut. Only the first reason counts.
   */
  void end(ErrorCode code, String message, OptionalLong retryAfterSeconds) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    boolean joined = membership.isPresent();
    left();
    inbound.clear();
    Duration linger = settings.duration(Setting.LINGER);
    outbound.mustLeaveWithin(linger);
    ServerFrame reason =
        joined
            ? new ErrorFrame(code, message, retryAfterSeconds)
            : new HelloError(code, message, retryAfterSeconds);
    int closeCode = code.closeCode().orElse(CloseReason.CloseCodes.UNEXPECTED_CONDITION.getCode());
    outbound.send(FrameText.of(reason), sent -> close(closeCode, code.wireName(), linger));
    outbound.shut();
  }

  private void close(int closeCode, String phrase, Duration linger) {
    try {
      socket.setMaxIdleTimeout(linger.toMillis());
      socket.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(closeCode), phrase));
    } catch (IOException | IllegalStateException e) {
      LOG.debugf("TIDE0203 Connection %s was gone before it was closed: %s", this, e.getMessage());
    }
  }

  /** The socket is closed, by whomever. */
  void closed() {
    ended.set(true);
    outbound.shut();
    inbound.clear();
    left();
  }

  @Override
  public String toString() {
    return socket.getId();
  }
}
