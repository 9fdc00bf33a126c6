package dev.tidemark.tools.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Chance that is the same for the same seed and number, whatever was thrown before: so one frame of
 * a million can be made again alone.
 */
final class Dice {
  private static final long SPREAD = 0x9e3779b97f4a7c15L;

  private final SplittableRandom random;

  private Dice(SplittableRandom random) {
    this.random = random;
  }

  /**
   * The dice of one thing.
   *
   * @param kind what the number counts, such as {@code "frame"}
   */
  static Dice of(long seed, String kind, long number) {
    long own = new SplittableRandom(seed ^ (SPREAD * (number + 1))).nextLong();
    return new Dice(new SplittableRandom(own + kind.hashCode()));
  }

  /** True once in so many throws. */
  boolean onceIn(int throwsOfDice) {
    return random.nextInt(throwsOfDice) == 0;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** A whole number from one to the other, both included. */
  int from(int least, int greatest) {
    return random.nextInt(least, greatest + 1);
  }

  long number() {
    return random.nextLong();
  }

  <T> T oneOf(List<T> items) {
    return items.get(random.nextInt(items.size()));
  }

  @SafeVarargs
  final <T> T oneOf(T... items) {
    return items[random.nextInt(items.length)];
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
