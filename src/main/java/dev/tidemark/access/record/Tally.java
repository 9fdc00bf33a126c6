package dev.tidemark.access.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Counts what happens, equal things together, up to a maximum number of different ones. Guarded by
 * its own monitor.
 */
final class Tally<T> {
  private final int max;
  private final Map<T, Count<T>> counts = new LinkedHashMap<>();

  Tally(int max) {
    this.max = max;
  }

  /** The count of equal things. Guarded by the tally until it is taken out. */
  static final class Count<T> {
    final UUID id = UUID.randomUUID();
    final T what;
    final long firstNanos;
    long lastNanos;
    long times;

    private Count(T what, long nanos) {
      this.what = what;
      firstNanos = nanos;
    }
  }

  /**
   * Counts one.
   *
   * @param nanos its time, by {@link System#nanoTime}
   * @return false if there is no room for a different one: then it is not counted
   */
  synchronized boolean add(T what, long nanos) {
    Count<T> count = counts.get(what);
    if (count == null) {
      if (counts.size() >= max) {
        return false;
      }
      count = new Count<>(what, nanos);
      counts.put(what, count);
    }
    count.times++;
    count.lastNanos = nanos;
    return true;
  }

  /** Removes and returns all counts. */
  synchronized List<Count<T>> take() {
    List<Count<T>> all = new ArrayList<>(counts.values());
    counts.clear();
    return all;
  }
}
