package dev.tidemark.tools.fuzz;

import java.util.Map;
import java.util.TreeMap;

/** How often the gateway answered in which way, counted by all threads of the fuzz. */
final class Tallies {
  private final Map<String, Long> counts = new TreeMap<>();

  synchronized void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  synchronized long of(String what) {
    return counts.getOrDefault(what, 0L);
  }

  @Override
  public synchronized String toString() {
    return counts.toString();
  }
}
