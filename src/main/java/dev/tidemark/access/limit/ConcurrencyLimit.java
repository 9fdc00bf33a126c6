package dev.tidemark.access.limit;

import java.util.concurrent.ConcurrentHashMap;

/** Bounded counters by key; keys at zero are dropped. */
final class ConcurrencyLimit {
  /** Nobody knows when a place becomes free: a client may ask again at once, but not in a loop. */
  private static final long RETRY_AFTER_SECONDS = 1;

  private final Quota quota;
  private final String message;
  private final int max;
  private final ConcurrentHashMap<String, Integer> taken = new ConcurrentHashMap<>();

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
              int open = count == null ? 0 : count;
              requireRoom(open);
              return open + 1;
            });
  }

  /** Takes one more place, whether or not one is free. */
  void add(String key) {
    var unused = taken.merge(key, 1, Integer::sum);
  }

  /** Gives a place back. */
  void leave(String key) {
    taken.computeIfPresent(key, (unused, count) -> count <= 1 ? null : Integer.valueOf(count - 1));
  }

  /**
   * Checks for a free place without taking it.
   *
   * @throws QuotaExceededException if no place is free now
   */
  void check(String key) {
    requireRoom(taken.getOrDefault(key, 0));
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
