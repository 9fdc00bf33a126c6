package dev.tidemark.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Who is being replayed to: a few at a time, the others wait in line. So a thousand clients that
 * come back at once have no more on its way than a few have, which leaves room on the server's
 * threads and in its memory for those who listen live; and they all get there as soon.
 *
 * <p>The line has a lane for each session, served in turn. A place is for who moves: one that has
 * not moved for a while, because its client does not read, can be given to the next in line. All
 * state is guarded by the monitor; {@code ready} is called outside.
 *
 * @param <T> who is replayed to
 */
final class ReplaySlots<T> {
  private final int places;
  private final long patienceNanos;
  private final LongSupplier nanoTime;
  private final Function<T, Object> laneOf;
  private final Consumer<T> ready;

  /** When each moved last, who moved longest ago first. */
  private final Map<T, Long> moving = new LinkedHashMap<>();

  private final Map<Object, Deque<T>> line = new LinkedHashMap<>();

  /**
   * @param places how many are replayed to at the same time
   * @param patienceNanos how long a place is kept for one that does not move
   * @param ready gets one that has waited in line looked at
   */
  ReplaySlots(
      int places,
      long patienceNanos,
      LongSupplier nanoTime,
      Function<T, Object> laneOf,
      Consumer<T> ready) {
    this.places = places;
    this.patienceNanos = patienceNanos;
    this.nanoTime = nanoTime;
    this.laneOf = laneOf;
    this.ready = ready;
  }

  /** Whether it is its turn. If not it is in line, and will be ready when it is. */
  boolean isTurnOf(T one) {
    boolean its;
    synchronized (this) {
      its = moving.remove(one) != null || (moving.size() < places && line.isEmpty());
      if (its) {
        moving.put(one, nanoTime.getAsLong());
      } else {
        line.computeIfAbsent(laneOf.apply(one), lane -> new ArrayDeque<>()).add(one);
      }
    }
    if (!its) {
      lookAgain();
    }
    return its;
  }

  /** It is replayed to no longer, wherever it was. */
  void leave(T one) {
    synchronized (this) {
      if (moving.remove(one) == null) {
        line.computeIfPresent(
            laneOf.apply(one),
            (lane, waiting) -> {
              waiting.remove(one);
              return waiting.isEmpty() ? null : waiting;
            });
      }
    }
    lookAgain();
  }

  /** Gives free places, and those of who does not move, to the next in line. */
  void lookAgain() {
    next().forEach(ready);
  }

  private synchronized List<T> next() {
    List<T> next = new ArrayList<>();
    long now = nanoTime.getAsLong();
    while (!line.isEmpty() && hasPlace(now)) {
      Iterator<Map.Entry<Object, Deque<T>>> lanes = line.entrySet().iterator();
      Map.Entry<Object, Deque<T>> first = lanes.next();
      lanes.remove();
      T one = first.getValue().remove();
      if (!first.getValue().isEmpty()) {
        line.put(first.getKey(), first.getValue()); // behind the other lanes
      }
      moving.put(one, now);
      next.add(one);
    }
    return next;
  }

  private boolean hasPlace(long now) {
    if (moving.size() < places) {
      return true;
    }
    Iterator<Long> longestAgoFirst = moving.values().iterator();
    if (now - longestAgoFirst.next() < patienceNanos) {
      return false;
    }
    longestAgoFirst.remove();
    return true;
  }

  /** How many wait in line. */
  synchronized int waiting() {
    return line.values().stream().mapToInt(Deque::size).sum();
  }
}
