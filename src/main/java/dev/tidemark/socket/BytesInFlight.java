package dev.tidemark.socket;

import dev.tidemark.access.limit.Charge;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * The bytes in flight to one client, and what is charged for them. Sends and completions come from
 * several threads, and neither waits for the other's charge to know what is in flight: so the
 * charge is adjusted under a lock of its own, each time to what is in flight by then.
 */
final class BytesInFlight {
  /**
   * The step in which bytes in flight are charged. The first of them belong to what a connection
   * costs: a client that reads is never charged, and its replies need no room.
   */
  private static final long STEP = 4_096;

  private final LongConsumer overdraw;
  private final LongConsumer give;
  private final AtomicLong bytes = new AtomicLong();
  private final Object charging = new Object();

  /** Guarded by {@link #charging}. */
  private long chargedBytes;

  BytesInFlight(Charge charge) {
    this(charge::overdraw, charge::give);
  }

  /**
   * @param overdraw takes bytes of the charge
   * @param give gives bytes back to it
   */
  BytesInFlight(LongConsumer overdraw, LongConsumer give) {
    this.overdraw = overdraw;
    this.give = give;
  }

  /**
   * Adds bytes, or takes away those that are out.
   *
   * @return the bytes in flight before
   */
  long add(long more) {
    long before = bytes.getAndAdd(more);
    synchronized (charging) {
      long due = charged(bytes.get());
      if (due > chargedBytes) {
        overdraw.accept(due - chargedBytes);
      } else if (due < chargedBytes) {
        give.accept(chargedBytes - due);
      }
      chargedBytes = due;
    }
    return before;
  }

  long get() {
    return bytes.get();
  }

  /** What would be charged for more bytes besides what is charged now. */
  long chargeOf(long more) {
    long inFlight = bytes.get();
    return charged(inFlight + more) - charged(inFlight);
  }

  /** Whether they are so many that they are charged. */
  boolean areCharged() {
    return charged(bytes.get()) > 0;
  }

  private static long charged(long inFlight) {
    return inFlight <= STEP ? 0 : (inFlight + STEP - 1) / STEP * STEP;
  }
}
