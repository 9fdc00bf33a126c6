package dev.tidemark.log;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Decides which looks at the database are whole, with its settings and the rights: these change
 * seldom, and cost two queries. Looks come one after another, doubts at any time.
 */
final class WholeLooks {
  private static final int EVERY = 10;

  /** Whether a statement was refused since the last whole look began. */
  private final AtomicBoolean isDoubted = new AtomicBoolean();

  private int looks;

  /** Makes the next look a whole one, as after a statement that was refused. */
  void doubt() {
    isDoubted.set(true);
  }

  /**
   * Looks.
   *
   * @param isUnready whether the last look found something: then this one is whole too
   * @param look looks, at all or not; if it fails, the doubt is there again
   */
  <T> T next(boolean isUnready, Function<Boolean, T> look) {
    boolean wasDoubted = isDoubted.getAndSet(false); // before the look: a later doubt stays
    boolean isWhole = wasDoubted || isUnready || looks % EVERY == 0;
    looks++;
    boolean looked = false;
    try {
      T found = look.apply(isWhole);
      looked = true;
      return found;
    } finally {
      if (wasDoubted && !looked) {
        isDoubted.set(true);
      }
    }
  }
}
