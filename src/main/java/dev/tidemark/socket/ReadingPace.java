package dev.tidemark.socket;

import dev.tidemark.access.Caller;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.concurrent.ServerThreads;
import io.undertow.websockets.core.WebSocketChannel;
import jakarta.websocket.Session;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Reads from a socket no faster than its principal may send, on all its sockets together. While it
 * pauses, the client's own window of TCP fills, so nothing is lost and no thread waits. The
 * server's I/O thread owns it.
 */
final class ReadingPace {
  private static final Logger LOG = Logger.getLogger(ReadingPace.class);
  private static final AtomicBoolean IS_SAID = new AtomicBoolean();
  private static final long RESERVED_BYTES = 16_384;
  private static final long SHORTEST_MILLIS = 50;

  /** Shorter than a client may be silent. */
  private static final long LONGEST_MILLIS = 1_000;

  private final Optional<WebSocketChannel> channel;
  private final Caller caller;
  private final Quotas quotas;
  private final ServerThreads threads;
  private BooleanSupplier isOpen = () -> true;
  private boolean pauses;

  /** The bytes that are counted already. */
  private long reserved;

  ReadingPace(Session socket, Caller caller, Quotas quotas, ServerThreads threads) {
    this.caller = caller;
    this.quotas = quotas;
    this.threads = threads;
    channel = channelOf(socket);
  }

  /** The server's class is asked by its name, because it is no part of its public interface. */
  private static Optional<WebSocketChannel> channelOf(Session socket) {
    try {
      return Optional.of(
          (WebSocketChannel) socket.getClass().getMethod("getWebSocketChannel").invoke(socket));
    } catch (ReflectiveOperationException e) {
      if (IS_SAID.compareAndSet(false, true)) {
        LOG.warnf("TIDE0231 Sockets cannot be read more slowly than their clients send: %s", e);
      }
      return Optional.empty();
    }
  }

  /**
   * Reads nothing yet if the principal is ahead of its pace.
   *
   * @param stillOpen called while the socket is not read, when nothing can be heard from its
   *     client; says whether to go on like this
   */
  void begin(BooleanSupplier stillOpen) {
    isOpen = stillOpen;
    channel.ifPresent(
        open -> ioThread(open).execute(() -> pauseFor(quotas.nanosAhead(caller)))); // once it reads
  }

  /**
   * Counts bytes that were read. If they were too many, reads nothing for a while but the rest of a
   * frame that has begun.
   */
  void count(long bytes) {
    long more = Math.max(0, bytes - reserved);
    reserved -= Math.min(reserved, bytes);
    pauseFor(quotas.countBytes(caller, more));
  }

  /** The server may have begun to read after the pause had: its handshake ends when it likes. */
  private void pauseFor(long nanos) {
    if (pauses) {
      channel.ifPresent(WebSocketChannel::suspendReceives);
    } else if (nanos > 0) {
      channel.ifPresent(open -> pause(open, nanos));
    }
  }

  /** In this order: what throws leaves a socket that is read. */
  private void pause(WebSocketChannel open, long nanos) {
    waitFor(open, nanos);
    pauses = true;
    open.suspendReceives();
  }

  private void waitFor(WebSocketChannel open, long nanos) {
    long millis =
        Math.max(SHORTEST_MILLIS, Math.min(LONGEST_MILLIS, TimeUnit.NANOSECONDS.toMillis(nanos)));
    Executor ioThread = ioThread(open);
    var unused = threads.after(Duration.ofMillis(millis), () -> ioThread.execute(() -> goOn(open)));
  }

  /** Its class is one of the server's private ones, and need not be known here. */
  private static Executor ioThread(WebSocketChannel open) {
    return open.getIoThread();
  }

  /**
   * Another socket of the principal may have been first: who goes on counts some bytes at once, so
   * that not all do at the same moment.
   */
  private void goOn(WebSocketChannel open) {
    boolean waits = false;
    try {
      long ahead = isOpen.getAsBoolean() ? quotas.nanosAhead(caller) : 0;
      if (ahead > 0) {
        waitFor(open, ahead);
        waits = true;
      }
    } finally {
      if (!waits) {
        pauses = false;
        open.resumeReceives();
        reserved = RESERVED_BYTES;
        var unused = quotas.countBytes(caller, RESERVED_BYTES);
      }
    }
  }
}
