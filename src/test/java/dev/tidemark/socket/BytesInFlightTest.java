package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What is charged follows what is in flight, whichever thread comes first. */
final class BytesInFlightTest {
  private static final long STEP = 4_096;

  private final AtomicLong charged = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** Runs once, after bytes were counted and before they are charged. */
  private Runnable beforeTheCharge = () -> {};

  private final BytesInFlight inFlight = new BytesInFlight(this::overdraw, this::give);

  private void overdraw(long bytes) {
    Runnable first = beforeTheCharge;
    beforeTheCharge = () -> {};
    first.run();
    charged.addAndGet(bytes);
  }

  /** As the budget does it. */
  private void give(long bytes) {
    if (bytes > charged.get()) {
      throw new IllegalArgumentException(bytes + " given of " + charged);
    }
    charged.addAndGet(-bytes);
  }

  @Test
  void whatIsInFlightIsChargedInStepsButNotTheFirst() {
    assertEquals(0, inFlight.add(STEP));
    assertEquals(0, charged.get());
    assertFalse(inFlight.areCharged());
    assertEquals(2 * STEP, inFlight.chargeOf(1));
    assertEquals(STEP, inFlight.add(1));
    assertEquals(2 * STEP, charged.get());
    assertTrue(inFlight.areCharged());
    assertEquals(STEP + 1, inFlight.add(-1));
    assertEquals(0, charged.get());
  }

  /** The server completes an earlier message between the two steps of a send. */
  @Test
  void aMessageThatIsOutBeforeTheNextOneIsChargedTakesNothingThatIsNotThere() {
    inFlight.add(4_000);
    beforeTheCharge = () -> onAnotherThread(() -> inFlight.add(-4_000));
    inFlight.add(5_000);
    Awaitility.await().until(() -> inFlight.get() == 5_000 && charged.get() == 2 * STEP);
    assertEquals(null, failure.get());
    inFlight.add(-5_000);
    assertEquals(0, charged.get());
    assertEquals(0, inFlight.get());
  }

  /** Returns once the other thread has done it, or waits for this one. */
  private void onAnotherThread(Runnable task) {
    Thread other = new Thread(task);
    other.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
    other.start();
    Awaitility.await()
        .until(
            () ->
                other.getState() == Thread.State.BLOCKED
                    || other.getState() == Thread.State.TERMINATED);
  }
}
