package dev.tidemark.socket;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long a socket waits until it may be its turn. Each time that another socket of its principal
 * was first it waits twice as long, because thousands that ask again and again would keep the
 * threads that serve all.
 */
final class PauseLength {
  private static final long SHORTEST_MILLIS = 50;

  /** Shorter than a client may be silent. */
  private static final long LONGEST_MILLIS = 1_000;

  private long leastMillis = SHORTEST_MILLIS;

  /**
   * The next wait: half as long again as it must be. Otherwise one that sends without end would
   * always be the first, and those that wait longer would never find their principal's bytes free.
   *
   * @param nanosAhead the time for which nothing may be read
   */
  Duration next(long nanosAhead) {
    long millis = TimeUnit.NANOSECONDS.toMillis(nanosAhead + nanosAhead / 2) + 1;
    long wait = Math.min(LONGEST_MILLIS, Math.max(leastMillis, millis));
    leastMillis = Math.min(LONGEST_MILLIS, 2 * leastMillis);
    return Duration.ofMillis(wait);
  }

  /** Notes that it was its turn. */
  void reset() {
    leastMillis = SHORTEST_MILLIS;
  }
}
