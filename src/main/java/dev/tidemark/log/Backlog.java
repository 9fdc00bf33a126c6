package dev.tidemark.log;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The appends that wait for a writer, and those that it has in hand until they are settled. A
 * session whose row somebody else holds is parked with all its appends and tried again in a moment,
 * so it delays no other. All state is guarded by the monitor. There is at most one writer: {@link
 * #offer} asks for it, {@link #take} and {@link #abandon} send it away.
 *
 * <p>A lane may hold as much as is free: half of the room if it is alone, a third each if there are
 * two, and so on. So there is room for a newcomer, whoever else fills the rest.
 */
final class Backlog {
  private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long LONGEST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final int maxEvents;
  private final long maxBytes;
  private final LongSupplier clock;
  private final Lanes lanes = new Lanes();
  private List<Append> inHand = List.of();
  private int events;
  private long bytes;
  private boolean hasWriter;
  private long retryNanos = FIRST_RETRY_NANOS;
  private long retryAt;

  /** When the writer last began, took or ended a batch, or looked at what is parked. */
  private long movedNanos;

  /** The limits count the appends that wait and those that the writer is committing. */
  Backlog(int maxEvents, long maxBytes) {
    this(maxEvents, maxBytes, System::nanoTime);
  }

  Backlog(int maxEvents, long maxBytes, LongSupplier clock) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  /**
   * Puts an append in line.
   *
   * @return whether the caller has to start a writer
   * @throws LogBusyException if there is no room for its lane; an append over the limits is taken
   *     when it is alone
   */
  synchronized boolean offer(Append append) {
    Lanes.Lane lane = lanes.lane(append.laneName());
    if (events > 0 && !hasRoom(lane, append)) {
      lanes.forgetIfEmpty(lane);
      throw new LogBusyException();
    }
    append.lane = lane;
    lanes.addLast(append);
    lanes.count(append, 1);
    events += append.events();
    bytes += append.bytes();
    notifyAll(); // the writer may be waiting
    boolean start = !hasWriter;
    if (start) {
      movedNanos = clock.getAsLong();
      hasWriter = true;
    }
    return start;
  }

  private boolean hasRoom(Lanes.Lane lane, Append append) {
    return lane.events() + append.events() <= maxEvents - events
        && lane.bytes() + append.bytes() <= maxBytes - bytes;
  }

  /** Whether appends are waiting that are not parked. */
  synchronized boolean isReady() {
    return lanes.ready() > 0;
  }

  /**
   * Takes the next batch: at most this many events and bytes, but at least one append. Waits while
   * all appends are parked. Returns an empty batch if no append came for the time to linger: then
   * the writer has to end.
   */
  synchronized List<Append> take(int batchEvents, long batchBytes, long lingerNanos)
      throws InterruptedException {
    inHand = List.of();
    long endAt = clock.getAsLong() + lingerNanos;
    for (retryParked(); lanes.first() == null; retryParked()) {
      long now = clock.getAsLong();
      movedNanos = now;
      boolean idle = lanes.parkedSessions() == 0;
      long remaining = (idle ? endAt : retryAt) - now;
      if (idle && remaining <= 0) {
        hasWriter = false;
        return List.of();
      }
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, remaining));
    }
    movedNanos = clock.getAsLong();
    return batch(batchEvents, batchBytes);
  }

  /** Each append is in hand before it leaves its line, so that none gets lost on the way. */
  private List<Append> batch(int batchEvents, long batchBytes) {
    List<Append> batch = new ArrayList<>();
    inHand = batch;
    int takenEvents = 0;
    long takenBytes = 0;
    for (Append next = lanes.first(); next != null; next = lanes.first()) {
      takenEvents += next.events();
      takenBytes += next.bytes();
      if (!batch.isEmpty() && (takenEvents > batchEvents || takenBytes > batchBytes)) {
        break;
      }
      batch.add(next);
      lanes.removeFirst();
    }
    return batch;
  }

  private void retryParked() {
    if (lanes.parkedSessions() == 0) {
      retryNanos = FIRST_RETRY_NANOS;
    } else if (clock.getAsLong() - retryAt >= 0) {
      lanes.unpark();
      retryNanos = Math.min(2 * retryNanos, LONGEST_RETRY_NANOS);
    }
  }

  /**
   * Puts back what of the batch is not settled, in its order and in front of later appends.
   *
   * @param locked the appends that have to wait for their session's lock, which is parked
   */
  synchronized void putBack(Collection<Append> locked) {
    for (int i = inHand.size() - 1; i >= 0; i--) {
      if (!inHand.get(i).settled) {
        lanes.addFirst(inHand.get(i));
      }
    }
    inHand = List.of();
    if (!locked.isEmpty() && lanes.parkedSessions() == 0) {
      retryAt = clock.getAsLong() + retryNanos;
    }
    locked.forEach(append -> lanes.park(append.sessionKey()));
  }

  /** Settles appends that were committed, were refused or failed: they count no more. */
  synchronized void settle(Collection<Append> appends) {
    for (Append append : appends) {
      if (!append.settled) {
        append.settled = true;
        lanes.count(append, -1);
        events -= append.events();
        bytes -= append.bytes();
      }
    }
  }

  /**
   * Settles appends that failed, and tells their callers; those that have ended stay as they are.
   */
  void fail(Collection<Append> appends, Throwable why) {
    settle(appends);
    appends.forEach(append -> append.done().completeExceptionally(new LogFailedException(why)));
  }

  /** What the writer has in hand and has told nobody of, after an {@code Error}. */
  synchronized List<Append> unfinished() {
    lanes.requeue();
    return inHand.stream().filter(append -> !append.done().isDone()).toList();
  }

  /** Fails all appends, parked or not, and sends the writer away. */
  void abandon(Throwable why) {
    fail(removeAll(), why);
  }

  private synchronized List<Append> removeAll() {
    List<Append> all = lanes.all();
    all.addAll(inHand);
    lanes.clear();
    inHand = List.of();
    hasWriter = false;
    return all;
  }

  /** Whether there is something to write and no writer: then the caller has to start one. */
  synchronized boolean claimWriter() {
    boolean claimed = events > 0 && !hasWriter;
    hasWriter |= claimed;
    return claimed;
  }

  synchronized void endWriter() {
    hasWriter = false;
  }

  /** How long the writer has not moved while there is something to write, in nanoseconds. */
  synchronized long stillNanos() {
    return events == 0 ? 0 : clock.getAsLong() - movedNanos;
  }

  synchronized int events() {
    return events;
  }

  /** The share of the limits that is taken; 1 when full. */
  synchronized double taken() {
    return Math.max((double) events / maxEvents, (double) bytes / maxBytes);
  }

  synchronized int parkedSessions() {
    return lanes.parkedSessions();
  }
}
