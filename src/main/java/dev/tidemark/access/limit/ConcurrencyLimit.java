package dev.tidemark.access.limit;

import java.util.concurrent.ConcurrentHashMap;

/** How many places each of many has taken, up to a number. Whoever has none is not remembered. */
final class ConcurrencyLimit {
  private final int max;
  private final ConcurrentHashMap<String, Integer> taken = new ConcurrentHashMap<>();

  ConcurrencyLimit(int max) {
    this.max = max;
  }

  /** Takes one more place; false if there is none. */
  boolean enter(String key) {
    boolean[] entered = {false};
    taken.compute(
        key,
        (unused, count) -> {
          int open = count == null ? 0 : count;
          entered[0] = open < max;
          return entered[0] ? Integer.valueOf(open + 1) : count;
        });
    return entered[0];
  }

  /** Gives a place back. */
  void leave(String key) {
    taken.computeIfPresent(key, (unused, count) -> count <= 1 ? null : Integer.valueOf(count - 1));
  }

  boolean isFull(String key) {
    Integer count = taken.get(key);
    return count != null && count >= max;
  }

  int known() {
    return taken.size();
  }
}
