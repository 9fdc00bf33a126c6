package dev.tidemark.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Appends that wait for their writer, those of one session in order. A session whose row somebody
 * else holds is parked with all its appends, and tried again in a moment: it delays nobody. All
 * state is guarded by the monitor; there is at most one writer, which {@link #offer} asks for and
 * {@link #take} sends away.
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

  /** Its limits count the appends that wait and those that its writer is committing. */
  Backlog(int maxEvents, long maxBytes) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
  }

  /**
   * Puts an append in line.
   *
   * @return whether the caller has to start a writer
   * @throws LogBusyException if there is no room; an append that alone is too large goes alone
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

  /** Whether the writer would have something to do at once. */
  synchronized boolean isReady() {
    return !waiting.isEmpty();
  }

  /**
   * Takes the next batch: at most this many events and bytes, but at least one append. Waits while
   * everything is parked. Empty if nothing came while it lingered: then the writer has to end.
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

  /** Takes back those appends of a batch that have to wait for their session's lock. */
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
    waiting.removeIf( // what came later for these sessions stays behind what came before
        append -> {
          Deque<Append> ofSession = parked.get(append.sessionKey());
          return ofSession != null && ofSession.add(append);
        });
  }

  /** Takes back those appends of a batch that the next batch has to judge again. */
  synchronized void putBack(List<Append> appends) {
    for (int i = appends.size() - 1; i >= 0; i--) {
      waiting.addFirst(appends.get(i));
    }
  }

  /** Stops counting appends that were committed or refused. */
  synchronized void settled(List<Append> appends) {
    for (Append append : appends) {
      events -= append.events();
      bytes -= append.bytes();
    }
  }

  /** Removes and returns all waiting appends, and the writer with them. */
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

  synchronized int parkedSessions() {
    return parked.size();
  }
}
