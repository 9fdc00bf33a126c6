package dev.tidemark.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The appends that wait for a writer, in order within each session. A session whose row somebody
 * else holds is parked with all its appends and tried again in a moment, so it delays no other. All
 * state is guarded by the monitor. There is at most one writer: {@link #offer} asks for it, {@link
 * #take} sends it away.
 */
final class Backlog {
  private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long LONGEST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final int maxEvents;
  private final long maxBytes;
  private final Deque<Append> waiting = new ArrayDeque<>();
  private final Map<Long, Deque<Append>> parked = new LinkedHashMap<>();
  private int events;
  private long bytes;
  private boolean hasWriter;
  private long retryNanos = FIRST_RETRY_NANOS;
  private long retryAt;

  /** The limits count the appends that wait and those that the writer is committing. */
  Backlog(int maxEvents, long maxBytes) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
  }

  /**
   * Puts an append in line.
   *
   * @return whether the caller has to start a writer
   * @throws LogBusyException if there is no room; an append over the limits is taken when it is
   *     alone
   */
  synchronized boolean offer(Append append) {
    if (events > 0 && (events + append.events() > maxEvents || bytes + append.bytes() > maxBytes)) {
      throw new LogBusyException();
    }
    events += append.events();
    bytes += append.bytes();
    Deque<Append> ofSession = parked.get(append.sessionKey());
    (ofSession == null ? waiting : ofSession).addLast(append);
    notifyAll(); // the writer may be waiting
    boolean start = !hasWriter;
    hasWriter = true;
    return start;
  }

  /** Whether appends are waiting that are not parked. */
  synchronized boolean isReady() {
    return !waiting.isEmpty();
  }

  /**
   * Takes the next batch: at most this many events and bytes, but at least one append. Waits while
   * all appends are parked. Returns an empty batch if no append came for the time to linger: then
   * the writer has to end.
   */
  synchronized List<Append> take(int batchEvents, long batchBytes, long lingerNanos)
      throws InterruptedException {
    long endAt = System.nanoTime() + lingerNanos;
    for (retryParked(); waiting.isEmpty(); retryParked()) {
      long remaining = (parked.isEmpty() ? endAt : retryAt) - System.nanoTime();
      if (parked.isEmpty() && remaining <= 0) {
        hasWriter = false;
        return List.of();
      }
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, remaining));
    }
    List<Append> batch = new ArrayList<>();
    int takenEvents = 0;
    long takenBytes = 0;
    for (Append next = waiting.peek(); next != null; next = waiting.peek()) {
      takenEvents += next.events();
      takenBytes += next.bytes();
      if (!batch.isEmpty() && (takenEvents > batchEvents || takenBytes > batchBytes)) {
        break;
      }
      batch.add(waiting.remove());
    }
    return batch;
  }

  private void retryParked() {
    if (!parked.isEmpty() && System.nanoTime() - retryAt >= 0) {
      parked.values().forEach(waiting::addAll);
      parked.clear();
      retryNanos = Math.min(2 * retryNanos, LONGEST_RETRY_NANOS);
    } else if (parked.isEmpty()) {
      retryNanos = FIRST_RETRY_NANOS;
    }
  }

  /** Takes back the appends of a batch that have to wait for their session's lock. */
  synchronized void park(List<Append> locked) {
    if (locked.isEmpty()) {
      return;
    }
    if (parked.isEmpty()) {
      retryAt = System.nanoTime() + retryNanos;
    }
    for (Append append : locked) {
      parked.computeIfAbsent(append.sessionKey(), key -> new ArrayDeque<>()).addLast(append);
    }
    waiting.removeIf( // later appends of these sessions stay behind earlier ones
        append -> {
          Deque<Append> ofSession = parked.get(append.sessionKey());
          return ofSession != null && ofSession.add(append);
        });
  }

  /** Takes back the deferred or unsent appends of a batch, in front of all others. */
  synchronized void putBack(List<Append> appends) {
    for (int i = appends.size() - 1; i >= 0; i--) {
      waiting.addFirst(appends.get(i));
    }
  }

  /** Stops counting appends that were committed, were refused or failed. */
  synchronized void settled(List<Append> appends) {
    for (Append append : appends) {
      events -= append.events();
      bytes -= append.bytes();
    }
  }

  /** Removes and returns all appends, parked or not, and sends the writer away. */
  synchronized List<Append> abandon() {
    List<Append> all = new ArrayList<>(waiting);
    parked.values().forEach(all::addAll);
    waiting.clear();
    parked.clear();
    hasWriter = false;
    return all;
  }

  synchronized int events() {
    return events;
  }

  /** The share of the limits that is taken; 1 when full. */
  synchronized double taken() {
    return Math.max((double) events / maxEvents, (double) bytes / maxBytes);
  }

  synchronized int parkedSessions() {
    return parked.size();
  }
}
