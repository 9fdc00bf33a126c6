package dev.tidemark.socket;

import dev.tidemark.delivery.Outlet;
import dev.tidemark.wire.ServerFrame;
import dev.tidemark.wire.Utf8;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendResult;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * What is on its way to one client. The server's own queue has no bound, so frames in flight are
 * counted here, from the send to its completion, and nothing new is begun while the window is full.
 */
final class Outbound implements Outlet {
  private final RemoteEndpoint.Async remote;
  private final long windowBytes;
  private final int windowFrames;
  private final Runnable roomAgain;
  private final Runnable sessionGone;
  private final AtomicLong bytesInFlight = new AtomicLong();
  private final AtomicInteger framesInFlight = new AtomicInteger();
  private volatile long progressNanos = System.nanoTime();
  private volatile boolean open = true;

  Outbound(
      RemoteEndpoint.Async remote,
      long windowBytes,
      int windowFrames,
      Runnable roomAgain,
      Runnable sessionGone) {
    this.remote = remote;
    this.windowBytes = windowBytes;
    this.windowFrames = windowFrames;
    this.roomAgain = roomAgain;
    this.sessionGone = sessionGone;
  }

  /** A frame larger than the whole window still goes, when nothing else is in flight. */
  @Override
  public boolean hasRoom() {
    return open && bytesInFlight.get() < windowBytes && framesInFlight.get() < windowFrames;
  }

  @Override
  public void send(ServerFrame frame) {
    send(frame, result -> {});
  }

  /**
   * Sends a frame and says when it has left, or failed. The monitor keeps the order of frames that
   * two threads send; the completion may run on this thread or on one of the server's, and only
   * counts and wakes.
   */
  synchronized void send(ServerFrame frame, Consumer<SendResult> then) {
    if (!open) {
      return;
    }
    String text = frame.encode();
    long bytes = Utf8.length(text);
    if (framesInFlight.getAndIncrement() == 0) {
      progressNanos = System.nanoTime();
    }
    bytesInFlight.addAndGet(bytes);
    try {
      remote.sendText(text, result -> completed(bytes, result, then));
    } catch (IllegalStateException e) { // closed under our hands
      completed(bytes, new SendResult(e), then);
    }
  }

  private void completed(long bytes, SendResult result, Consumer<SendResult> then) {
    bytesInFlight.addAndGet(-bytes);
    framesInFlight.decrementAndGet();
    progressNanos = System.nanoTime();
    then.accept(result);
    if (hasRoom()) {
      roomAgain.run();
    }
  }

  @Override
  public void sessionGone() {
    sessionGone.run();
  }

  long bytesInFlight() {
    return bytesInFlight.get();
  }

  /** How long nothing of what is in flight has left; zero while nothing is in flight. */
  Duration stalledFor() {
    return framesInFlight.get() == 0
        ? Duration.ZERO
        : Duration.ofNanos(System.nanoTime() - progressNanos);
  }

  /** Nothing more is sent. */
  synchronized void shut() {
    open = false;
  }

  /**
   * Whatever is sent from now on has to leave within this time, or the server cuts the connection.
   */
  void mustLeaveWithin(Duration time) {
    remote.setSendTimeout(time.toMillis());
  }
}
