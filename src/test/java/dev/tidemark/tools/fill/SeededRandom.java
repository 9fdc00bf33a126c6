package dev.tidemark.tools.fill;

import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** Random values that are the same for the same seed. */
final class SeededRandom {
  private static final long VERSION_BITS = 0xf000L;
  private static final long VERSION_8 = 0x8000L;
  private static final long VARIANT_BITS = 0xc000_0000_0000_0000L;
  private static final long VARIANT_2 = 0x8000_0000_0000_0000L;

  private final SplittableRandom random;

  SeededRandom(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Makes another one for one part, so that the parts may be made in any order. */
  SeededRandom split() {
    return new SeededRandom(random.nextLong());
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** From 0 inclusive to 1 exclusive. */
  double fraction() {
    return random.nextDouble();
  }

  long between(long from, long to) {
    return to <= from ? from : random.nextLong(from, to);
  }

  int number(int from, int to) {
    return random.nextInt(from, to + 1);
  }

  /** A random length with this mean, at most six times the mean. */
  int length(double mean) {
    return (int) Math.min(mean * 6, -Math.log(1 - random.nextDouble()) * mean);
  }

  <T> T oneOf(List<T> items) {
    return items.get(random.nextInt(items.size()));
  }

  UUID uuid() {
    return new UUID(
        (random.nextLong() & ~VERSION_BITS) | VERSION_8,
        (random.nextLong() & ~VARIANT_BITS) | VARIANT_2);
  }
}
