package dev.tidemark.socket;

import dev.tidemark.access.limit.Charge;
import dev.tidemark.delivery.ClientSink;
import dev.tidemark.wire.EncodedFrame;
import dev.tidemark.wire.ServerFrame;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendResult;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The messages in flight to one client. The server's own queue is unbounded, so they are counted
 * here, from the send to its completion, and none is sent while the window is full.
 */
final class Outbound implements ClientSink {
  private final RemoteEndpoint.Async remote;
  private final Charge charge;
  private final long windowBytes;
  private final int windowMessages;
  private final RoomAgain roomAgain;
  private final Runnable sessionGone;
  private final BytesInFlight bytesInFlight;
  private final AtomicInteger messagesInFlight = new AtomicInteger();
  private volatile long progressNanos = System.nanoTime();
  private volatile boolean open = true;
  private volatile boolean hasFailed;

  /** The bytes that could not be sent for want of memory; 0 while there is enough. */
  private volatile long wantedBytes;

  private final Object keeping = new Object();

  /** The heap of the events that are kept for this client; guarded by {@link #keeping}. */
  private long keptBytes;

  /** The heap of the snapshot that is being made for this client. */
  private final AtomicLong snapshotBytes = new AtomicLong();

  /** Called when a window that was full has room for many more. */
  interface RoomAgain {
    /**
     * @param fromServer true on a thread of the server that holds no lock of ours and is in no
     *     send; only that thread may be used for sending
     */
    void tell(boolean fromServer);
  }

  Outbound(
      RemoteEndpoint.Async remote,
      Charge charge,
      long windowBytes,
      int windowMessages,
      RoomAgain roomAgain,
      Runnable sessionGone) {
    this.remote = remote;
    this.charge = charge;
    bytesInFlight = new BytesInFlight(charge);
    this.windowBytes = windowBytes;
    this.windowMessages = windowMessages;
    this.roomAgain = roomAgain;
    this.sessionGone = sessionGone;
  }

  @Override
  public boolean hasRoom() {
    return wantedBytes == 0 && hasWindow();
  }

  /** Whether the window has room. A message larger than the whole window is sent all the same. */
  boolean hasWindow() {
    return open && bytesInFlight.get() < windowBytes && messagesInFlight.get() < windowMessages;
  }

  @Override
  public boolean hasMemoryFor(long bytes) {
    long more = bytesInFlight.chargeOf(bytes);
    boolean hasMemory = more == 0 || charge.hasRoomFor(more);
    if (!hasMemory) {
      wantedBytes = more;
    }
    return hasMemory;
  }

  /**
   * Looks again whether there is memory for what could not be sent, and has others make room for
   * it; called now and then, without a lock.
   */
  void tryAgain() {
    long wanted = wantedBytes;
    if (wanted > 0) {
      charge.makeRoomFor(wanted);
      wantedBytes = 0;
      roomAgain.tell(false);
    }
  }

  @Override
  public boolean mayKeep(long bytes) {
    synchronized (keeping) {
      boolean may = bytes <= keptBytes || charge.takeSpare(bytes - keptBytes);
      long keeps = may ? bytes : 0;
      if (keeps < keptBytes) {
        charge.give(keptBytes - keeps);
      }
      keptBytes = keeps;
      return may;
    }
  }

  @Override
  public boolean takeForSnapshot(long bytes) {
    boolean taken = charge.take(bytes);
    if (taken) {
      snapshotBytes.addAndGet(bytes);
    }
    return taken;
  }

  @Override
  public void snapshotSent() {
    charge.give(snapshotBytes.getAndSet(0));
  }

  void send(ServerFrame frame) {
    send(EncodedFrame.of(frame));
  }

  @Override
  public void send(EncodedFrame text) {
    send(text, result -> {});
  }

  /**
   * Sends a text message and reports when it has gone out or failed. The monitor keeps the messages
   * of two threads in order. The completion may run on this thread or on one of the server's, and
   * only counts and wakes.
   */
  synchronized void send(EncodedFrame text, Consumer<SendResult> then) {
    if (!open) {
      then.accept(new SendResult(new IllegalStateException("Nothing more is sent.")));
      return;
    }
    if (messagesInFlight.getAndIncrement() == 0) {
      progressNanos = System.nanoTime();
    }
    long bytes = text.bytes(); // the server has a copy of its own: the text is not kept
    bytesInFlight.add(bytes);
    try {
      remote.sendText(text.text(), result -> completed(bytes, result, then));
    } catch (IllegalStateException e) { // closed meanwhile
      completed(bytes, new SendResult(e), then);
    } catch (RuntimeException | Error e) { // what was sent is not known: nothing may follow (R4)
      open = false;
      completed(bytes, new SendResult(e), then);
      throw e;
    }
  }

  /**
   * Tells when the window is half empty, so that there is room for many messages each time. A
   * sender that found the window full is always told: bytes and messages fall to zero only by
   * passing their half, and one completion takes each of them past it.
   */
  private void completed(long bytes, SendResult result, Consumer<SendResult> then) {
    if (!result.isOK()) {
      hasFailed = true; // before the message leaves the count in flight
    }
    long bytesBefore = bytesInFlight.add(-bytes);
    int messagesBefore = messagesInFlight.getAndDecrement();
    progressNanos = System.nanoTime();
    then.accept(result);
    if (passes(windowBytes / 2, bytesBefore, bytesBefore - bytes)
        || passes(windowMessages / 2, messagesBefore, messagesBefore - 1)) {
      roomAgain.tell(result.isOK() && !Thread.holdsLock(this));
    }
  }

  private static boolean passes(long half, long before, long after) {
    return before > half && after <= half;
  }

  @Override
  public void sessionGone() {
    sessionGone.run();
  }

  @Override
  public int inFlight() {
    int messages = messagesInFlight.get();
    return hasFailed ? Math.max(1, messages) : messages;
  }

  long bytesInFlight() {
    return bytesInFlight.get();
  }

  /** Whether so much is in flight that it is charged. */
  boolean isChargedInFlight() {
    return bytesInFlight.areCharged();
  }

  /** The time for which no message in flight has gone out; zero while none is in flight. */
  Duration stalledFor() {
    return messagesInFlight.get() == 0
        ? Duration.ZERO
        : Duration.ofNanos(System.nanoTime() - progressNanos);
  }

  /** Whether nothing more is sent. */
  boolean isShut() {
    return !open;
  }

  /** Nothing more is sent. */
  synchronized void shut() {
    open = false;
  }

  /** Limits the sending time of later messages; after it the server cuts the connection. */
  void limitSendTime(Duration time) {
    remote.setSendTimeout(time.toMillis());
  }
}
