package dev.tidemark.delivery;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Bounds the number of clients that are replayed to at a time; the others wait for a slot. So a
 * thousand clients that come back at once have no more under way than a few have, which keeps the
 * server's threads and memory free for live clients; and all replays together take no longer.
 *
 * <p>The queue has a lane for each session, and the lanes are served in turn. A slot is for a
 * client that moves: if it has not moved for a while, because it does not read, its slot can be
 * given to the next in the queue. All state is guarded by the monitor; {@code ready} is called
 * outside.
 *
 * @param <T> the type of a client
 */
final class ReplaySlots<T> {
  private static final Logger LOG = Logger.getLogger(ReplaySlots.class);

  private final int slots;
  private final long patienceNanos;
  private final LongSupplier nanoTime;
  private final Function<T, Object> laneOf;
  private final Consumer<T> ready;
  private final Predicate<T> isGone;

  /** The time of the last move of each holder of a slot, the longest ago first. */
  private final Map<T, Long> holders = new LinkedHashMap<>();

  /** The clients that wait, by their lane; none is empty. */
  private final Map<Object, Queue<T>> lanes = new HashMap<>();

  /** The same in their turn. A look-up puts a lane behind all others, and wants no memory. */
  private final Map<Object, Queue<T>> turns = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param slots the number of clients that are replayed to at a time
   * @param patienceNanos the time in nanoseconds for which a slot is kept for a holder that does
   *     not move
   * @param ready the callback for a client that was given a slot
   * @param isGone whether a client has left; whoever makes it so calls {@link #release} afterwards
   */
  ReplaySlots(
      int slots,
      long patienceNanos,
      LongSupplier nanoTime,
      Function<T, Object> laneOf,
      Consumer<T> ready,
      Predicate<T> isGone) {
    this.slots = slots;
    this.patienceNanos = patienceNanos;
    this.nanoTime = nanoTime;
    this.laneOf = laneOf;
    this.ready = ready;
    this.isGone = isGone;
  }

  /**
   * Whether a client has a slot, and moves now; if not it is queued, and made ready later. One that
   * has left is not let in again: nobody would release it. Throws only if the client is not queued.
   */
  boolean acquire(T one) {
    boolean acquired;
    synchronized (this) {
      if (isGone.test(one)) {
        return false;
      }
      acquired = holders.remove(one) != null || (holders.size() < slots && lanes.isEmpty());
      if (acquired) {
        holders.put(one, nanoTime.getAsLong());
      } else {
        enqueue(one);
      }
    }
    if (!acquired) {
      reassignNowOrSoon();
    }
    return acquired;
  }

  /** Ends a replay, whether the client had a slot or was queued. */
  void release(T one) {
    synchronized (this) {
      if (holders.remove(one) == null) {
        leaveLane(one);
      }
    }
    reassignNowOrSoon();
  }

  private void leaveLane(T one) {
    Object lane = laneOf.apply(one);
    Queue<T> waiting = lanes.get(lane);
    if (waiting != null) {
      waiting.remove(one);
      forgetEmpty(lane, waiting);
    }
  }

  private void forgetEmpty(Object lane, Queue<T> waiting) {
    if (waiting.isEmpty()) {
      lanes.remove(lane);
      turns.remove(lane);
    }
  }

  /**
   * It is another client that cannot be made ready, which is none of the caller's affairs: the
   * scheduler reassigns in a moment, and says what is wrong if it is so still.
   */
  private void reassignNowOrSoon() {
    try {
      reassign();
    } catch (RuntimeException | Error e) {
      LOG.debugf("A replay slot could not be given, which is tried again: %s", e);
    }
  }

  /** Gives free slots, and those of holders that do not move, to the next in the queue. */
  void reassign() {
    for (Optional<T> next = next(); next.isPresent(); next = next()) {
      try {
        ready.accept(next.get());
      } catch (RuntimeException | Error e) {
        queueAgain(next.get());
        throw e;
      }
    }
  }

  /**
   * It takes its slot and its lane moves before it leaves the queue: memory may run out in between.
   */
  private synchronized Optional<T> next() {
    long now = nanoTime.getAsLong();
    if (lanes.isEmpty() || !hasFreeSlot(now)) {
      return Optional.empty();
    }
    Object lane = turns.keySet().iterator().next();
    Queue<T> waiting = turns.get(lane); // now behind the other lanes
    Optional<T> next = Optional.of(waiting.element());
    holders.put(next.get(), now);
    waiting.remove();
    forgetEmpty(lane, waiting);
    return next;
  }

  private synchronized void queueAgain(T one) {
    enqueue(one); // first: memory may run out
    holders.remove(one);
  }

  /** Whole or not at all, also if memory runs out here. */
  private void enqueue(T one) {
    Object lane = laneOf.apply(one);
    Queue<T> waiting = lanes.get(lane);
    if (waiting != null) {
      waiting.add(one);
      return;
    }
    waiting = new ConcurrentLinkedQueue<>(List.of(one));
    try {
      turns.put(lane, waiting);
      lanes.put(lane, waiting);
    } catch (RuntimeException | Error e) {
      lanes.remove(lane);
      turns.remove(lane);
      throw e;
    }
  }

  /** Takes the slot of a holder that does not move, if all are taken. */
  private boolean hasFreeSlot(long now) {
    if (holders.size() < slots) {
      return true;
    }
    Iterator<Long> longestAgoFirst = holders.values().iterator();
    if (now - longestAgoFirst.next() < patienceNanos) {
      return false;
    }
    longestAgoFirst.remove();
    return true;
  }

  /** The number of queued clients. */
  synchronized int waiting() {
    return lanes.values().stream().mapToInt(Queue::size).sum();
  }
}
