package dev.tidemark.access.limit;

import java.util.concurrent.ConcurrentHashMap;

/** Limits how much each of many has at the same time. A key that has nothing is forgotten. */
final class ConcurrencyLimit {
  /** Nobody knows when a place becomes free: a client may ask again at once, but not in a loop. */
  private static final long RETRY_AFTER_SECONDS = 1;

  private final Quota quota;
  private final String message;
  private final int max;
  private final ConcurrentHashMap<String, Integer> taken = new ConcurrentHashMap<>();

  /**
   * @param message for the one who is above the limit
   */
  ConcurrencyLimit(Quota quota, String message, int max) {
    this.quota = quota;
    this.message = message;
    this.max = max;
  }

  /**
   * Takes one more place.
   *
   * @throws QuotaExceededException if there is none; then none is taken
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

  /** Gives a place back. */
  void leave(String key) {
    taken.computeIfPresent(key, (unused, count) -> count <= 1 ? null : Integer.valueOf(count - 1));
  }

  /**
   * Takes nothing.
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

  /** The number of keys that have a place. */
  int known() {
    return taken.size();
  }
}
