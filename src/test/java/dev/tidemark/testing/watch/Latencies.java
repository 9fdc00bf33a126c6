package dev.tidemark.testing.watch;

import java.util.Locale;

/**
 * How long an operation took, from the moment at which it was due.
 *
 * @param count number of operations
 * @param p50Millis median
 * @param p99Millis time within which 99 of 100 were done
 * @param maxMillis longest time
 */
public record Latencies(int count, double p50Millis, double p99Millis, double maxMillis) {
  static Latencies of(long[] nanos) {
    long[] sorted = nanos.clone();
    java.util.Arrays.sort(sorted);
    return new Latencies(sorted.length, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
  }

  private static double at(long[] sorted, double part) {
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.max(0, Math.ceil(part * sorted.length) - 1)] / 1e6;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d, p50 %.1f ms, p99 %.1f ms, max %.1f ms",
        count,
        p50Millis,
        p99Millis,
        maxMillis);
  }
}
