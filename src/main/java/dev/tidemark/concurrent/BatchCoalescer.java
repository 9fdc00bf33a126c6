package dev.tidemark.concurrent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Gathers the items of many callers into batches, without a thread or a timer of its own. A caller
 * that finds a free worker slot does the work: its own item, then all items that have gathered
 * meanwhile. The other callers add their items and return.
 *
 * <p>Items wait in lanes. A lane is in one batch at a time, so its order is kept, and a slow lane
 * holds up one worker, however many items wait in it. All state is guarded by the monitor, which is
 * not held while a batch is worked on.
 *
 * <p>Whatever is thrown, an {@code Error} too, costs no place and loses no item: what is in hand
 * fails, and the worker goes on. If it had nothing in hand it cannot go on: all that waits fails.
 */
public final class BatchCoalescer<T> implements Watched {
  private static final Logger LOG = Logger.getLogger(BatchCoalescer.class);

  private final int maxWorkers;
  private final int maxOfABatch;
  private final Function<T, Object> laneOf;
  private final Consumer<List<T>> job;
  private final BiConsumer<T, Throwable> failed;
  private final Supplier<Set<Object>> newSet;
  private final Map<Object, Queue<T>> waiting = new LinkedHashMap<>();
  private final Set<Object> underWay = new HashSet<>();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private int workers;

  /** When a batch was last taken or ended, or an item came while none waited. */
  private long movedNanos;

  /** What a worker has in hand: a batch, and the lanes that it keeps from others. */
  private record Hand<T>(Set<Object> lanes, List<T> batch) {}

  /**
   * @param maxWorkers greatest number of batches under way at the same time
   * @param maxOfABatch greatest number of items in a batch
   * @param laneOf gives the lane of an item
   * @param job works on a batch, on the thread of one of the callers
   * @param failed is told of each item of a batch whose job threw, and why; must not fail
   */
  public BatchCoalescer(
      int maxWorkers,
      int maxOfABatch,
      Function<T, Object> laneOf,
      Consumer<List<T>> job,
      BiConsumer<T, Throwable> failed) {
    this(maxWorkers, maxOfABatch, laneOf, job, failed, HashSet::new);
  }

  /**
   * Makes one whose memory may run out when the test says so.
   *
   * @param newSet makes a set for the lanes of a worker
   */
  BatchCoalescer(
      int maxWorkers,
      int maxOfABatch,
      Function<T, Object> laneOf,
      Consumer<List<T>> job,
      BiConsumer<T, Throwable> failed,
      Supplier<Set<Object>> newSet) {
    this.maxWorkers = maxWorkers;
    this.maxOfABatch = maxOfABatch;
    this.laneOf = laneOf;
    this.job = job;
    this.failed = failed;
    this.newSet = newSet;
  }

  /** Adds an item. The job runs on this thread or another, perhaps before this method returns. */
  public void add(T item) {
    Hand<T> hand = put(item);
    if (hand != null) {
      work(hand);
    }
  }

  /**
   * Returns the hand with which the caller is to work; {@code null} if it is not. All that it needs
   * is made before anything changes, so what throws leaves neither the item nor a worker.
   */
  private synchronized Hand<T> put(T item) {
    Object lane = laneOf.apply(item);
    boolean isFree = workers < maxWorkers && !underWay.contains(lane);
    Hand<T> hand = isFree ? new Hand<>(newSet.get(), new ArrayList<>()) : null;
    boolean isFirst = waiting.isEmpty();
    Queue<T> items = waiting.get(lane);
    if (items == null) {
      waiting.put(lane, new ConcurrentLinkedQueue<>(List.of(item))); // never empty
    } else {
      items.add(item);
    }
    if (isFirst) {
      movedNanos = System.nanoTime();
    }
    workers += isFree ? 1 : 0;
    return hand;
  }

  /** The number of items that no batch has taken yet. */
  public synchronized int waiting() {
    return waiting.values().stream().mapToInt(Queue::size).sum();
  }

  private void work(Hand<T> hand) {
    boolean counted = true;
    try {
      while (counted) {
        counted = workOnce(hand);
      }
    } finally {
      threads.remove(Thread.currentThread());
      if (counted) {
        endWorker(hand);
      }
    }
  }

  /** Whether the worker goes on; if not, it is counted out already. */
  private boolean workOnce(Hand<T> hand) {
    try {
      threads.add(Thread.currentThread());
      if (!next(hand)) {
        return false;
      }
      job.accept(List.copyOf(hand.batch()));
    } catch (RuntimeException | Error e) {
      List<T> inHand = hand.batch().isEmpty() ? abandon() : hand.batch();
      if (inHand.isEmpty()) {
        throw e; // nothing would come of going on
      }
      inHand.forEach(item -> failed.accept(item, e));
      tellOfFailure(inHand.size(), e);
    }
    return true;
  }

  /** The worker goes on, also where memory is short of this line. */
  private static void tellOfFailure(int items, Throwable why) {
    try {
      LOG.errorf(why, "TIDE0003 A batch failed; its %d items are told so.", items);
    } catch (RuntimeException | Error unsaid) {
      return;
    }
  }

  /** Frees the previous lanes and takes the next batch; ends the worker if no lane has items. */
  private synchronized boolean next(Hand<T> hand) {
    hand.batch().clear(); // first: what is done does not fail with what follows
    underWay.removeAll(hand.lanes());
    hand.lanes().clear();
    movedNanos = System.nanoTime();
    Iterator<Map.Entry<Object, Queue<T>>> oldestFirst = waiting.entrySet().iterator();
    while (oldestFirst.hasNext() && hand.batch().size() < maxOfABatch) {
      Map.Entry<Object, Queue<T>> lane = oldestFirst.next();
      if (underWay.contains(lane.getKey())) {
        continue;
      }
      hand.lanes().add(lane.getKey());
      Queue<T> items = lane.getValue();
      while (!items.isEmpty() && hand.batch().size() < maxOfABatch) {
        hand.batch().add(items.peek()); // before it leaves its lane: memory may run out
        items.remove();
      }
      if (items.isEmpty()) {
        oldestFirst.remove();
      }
    }
    underWay.addAll(hand.lanes());
    if (hand.batch().isEmpty()) {
      workers--;
    }
    return !hand.batch().isEmpty();
  }

  private synchronized List<T> abandon() {
    List<T> all = waiting.values().stream().flatMap(Collection::stream).toList();
    waiting.clear();
    return all;
  }

  private synchronized void endWorker(Hand<T> hand) {
    workers--;
    underWay.removeAll(hand.lanes());
  }

  @Override
  public synchronized long stillNanos() {
    return waiting.isEmpty() ? 0 : System.nanoTime() - movedNanos;
  }

  @Override
  public Set<Thread> threads() {
    return threads;
  }
}
