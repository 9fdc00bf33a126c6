package dev.tidemark.access.limit;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounded counters by key; keys at zero are dropped. A counter changes within {@code compute} only,
 * and giving a place back allocates nothing: where memory has run out it must not be lost.
 */
final class ConcurrencyLimit {
  /** Nobody knows when a place becomes free: a client may ask again at once, but not in a loop. */
  private static final long RETRY_AFTER_SECONDS = 1;

  private final Quota quota;
  private final String message;
  private final int max;
  private final ConcurrentHashMap<String, AtomicInteger> taken = new ConcurrentHashMap<>();

  /**
   * @param message the text for a client above the limit
   */
  ConcurrencyLimit(Quota quota, String message, int max) {
    this.quota = quota;
    this.message = message;
    this.max = max;
  }

  /**
   * Takes one more place.
   *
   * @throws QuotaExceededException if no place is free; then none is taken
   */
  void enter(String key) {
    var unused =
        taken.compute(
            key,
            (same, count) -> {
              requireRoom(count == null ? 0 : count.get());
              return oneMore(count);
            });
  }

  /** Takes one more place, whether or not one is free. */
  void add(String key) {
    var unused = taken.compute(key, (same, count) -> oneMore(count));
  }

  private static AtomicInteger oneMore(AtomicInteger count) {
    AtomicInteger open = count == null ? new AtomicInteger() : count;
    open.incrementAndGet();
    return open;
  }

  /** Gives a place back. */
  void leave(String key) {
    taken.computeIfPresent(key, (unused, count) -> count.decrementAndGet() <= 0 ? null : count);
  }

  /**
   * Checks for a free place without taking it.
   *
   * @throws QuotaExceededException if no place is free now
   */
  void check(String key) {
    AtomicInteger open = taken.get(key);
    requireRoom(open == null ? 0 : open.get());
  }

  private void requireRoom(int open) {
    if (open >= max) {
      throw new QuotaExceededException(quota, message, RETRY_AFTER_SECONDS);
    }
  }

  /** The number of keys that hold a place. */
  int known() {
    return taken.size();
  }
}
