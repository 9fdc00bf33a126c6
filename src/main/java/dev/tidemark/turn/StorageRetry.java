package dev.tidemark.turn;

import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.log.StorageFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Repeats steps of turns while the database is away, so that its restart does not cost a turn. No
 * step takes effect twice: before another attempt it is checked whether the step was committed
 * after all (the connection may have died after the commit).
 */
final class StorageRetry {
  private static final Duration FIRST_WAIT = Duration.ofMillis(50);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  private final Duration max;
  private final BooleanSupplier away;

  /**
   * @param max longest time that one step may wait
   * @param away whether the database is known to be away, so that an attempt would be in vain
   */
  StorageRetry(Duration max, BooleanSupplier away) {
    this.max = max;
    this.away = away;
  }

  /**
   * Performs a step of a running turn, in several attempts if necessary.
   *
   * @param done result of the step, if an earlier attempt was committed after all
   * @throws TurnOverException if the turn is over meanwhile, or the database stays away for too
   *     long: then the turn is left to its lease
   */
  <T> T until(TurnRun running, Supplier<T> step, Supplier<Optional<T>> done) {
    AtomicBoolean tried = new AtomicBoolean();
    return attempt(
        () -> {
          Optional<T> earlier = tried.getAndSet(true) ? done.get() : Optional.empty();
          return earlier.orElseGet(step);
        },
        running::pause);
  }

  /** Performs a repeatable step, in several attempts if necessary, even if the turn is over. */
  void repeating(Runnable step) {
    attempt(
        () -> {
          step.run();
          return true;
        },
        wait -> LockSupport.parkNanos(wait.toNanos()));
  }

  private <T> T attempt(Supplier<T> step, Consumer<Duration> pause) {
    Instant giveUp = Instant.now().plus(max);
    for (Duration wait = FIRST_WAIT; ; wait = longer(wait)) {
      try {
        if (!away.getAsBoolean()) {
          return step.get();
        }
      } catch (RuntimeException e) {
        if (!StorageFailure.isTransient(e)) {
          throw e;
        }
      }
      if (Instant.now().isAfter(giveUp)) {
        throw new TurnOverException(Cause.LEASE_LOST);
      }
      pause.accept(wait);
    }
  }

  private static Duration longer(Duration wait) {
    Duration twice = wait.multipliedBy(2);
    return twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
  }
}
