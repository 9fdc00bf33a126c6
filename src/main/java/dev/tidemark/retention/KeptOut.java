package dev.tidemark.retention;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells a job that somebody keeps from its work by a lock from one whose lock other nodes take in
 * turn: there the holders change. For one thread at a time.
 */
final class KeptOut {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Duration patience;
  private Set<String> holders = Set.of();
  private long sinceNanos;

  KeptOut() {
    this(PATIENCE);
  }

  KeptOut(Duration patience) {
    this.patience = patience;
  }

  /** The job got its locks. */
  void end() {
    holders = Set.of();
  }

  /**
   * The job did not get its locks.
   *
   * @param now who holds them
   * @param nanos the time, by {@link System#nanoTime}
   * @return whether nobody but these may have worked since the time before
   */
  boolean again(Set<String> now, long nanos) {
    Set<String> still = new HashSet<>(now);
    still.retainAll(holders);
    boolean isSame = !still.isEmpty();
    if (!isSame) {
      sinceNanos = nanos;
    }
    holders = isSame ? still : Set.copyOf(now);
    return isSame;
  }

  /** Who has held a lock for so long that somebody should look; usually nobody. */
  Set<String> forLong(long nanos) {
    return nanos - sinceNanos < patience.toNanos() ? Set.of() : holders;
  }
}
