package dev.tidemark.concurrent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Gathers the items of many callers into batches, without a thread or a timer of its own. A caller
 * that finds a free worker slot does the work: its own item, then all items that have gathered
 * meanwhile. The other callers add their items and return.
 *
 * <p>Items wait in lanes. A lane is in one batch at a time, so its order is kept, and a slow lane
 * holds up one worker, however many items wait in it. All state is guarded by the monitor, which is
 * not held while a batch is worked on.
 */
public final class BatchCoalescer<T> {
  private static final Logger LOG = Logger.getLogger(BatchCoalescer.class);

  private final int maxWorkers;
  private final int maxOfABatch;
  private final Function<T, Object> laneOf;
  private final Consumer<List<T>> job;
  private final Map<Object, Deque<T>> waiting = new LinkedHashMap<>();
  private final Set<Object> underWay = new HashSet<>();
  private int workers;

  /**
   * @param maxWorkers greatest number of batches under way at the same time
   * @param maxOfABatch greatest number of items in a batch
   * @param laneOf gives the lane of an item
   * @param job works on a batch, on the thread of one of the callers; handles its own failures
   */
  public BatchCoalescer(
      int maxWorkers, int maxOfABatch, Function<T, Object> laneOf, Consumer<List<T>> job) {
    this.maxWorkers = maxWorkers;
    this.maxOfABatch = maxOfABatch;
    this.laneOf = laneOf;
    this.job = job;
  }

  /** Adds an item. The job runs on this thread or another, perhaps before this method returns. */
  public void add(T item) {
    if (put(item)) {
      work();
    }
  }

  /** Whether the caller is to work. */
  private synchronized boolean put(T item) {
    Object lane = laneOf.apply(item);
    waiting.computeIfAbsent(lane, name -> new ArrayDeque<>()).add(item);
    if (workers == maxWorkers || underWay.contains(lane)) {
      return false;
    }
    workers++;
    return true;
  }

  /** The number of items that no batch has taken yet. */
  public synchronized int waiting() {
    return waiting.values().stream().mapToInt(Deque::size).sum();
  }

  private void work() {
    Set<Object> lanes = new HashSet<>();
    for (List<T> batch = next(lanes); !batch.isEmpty(); batch = next(lanes)) {
      try {
        job.accept(batch);
      } catch (RuntimeException e) {
        LOG.error("TIDE0003 A batch failed that should have seen to its own failures.", e);
      }
    }
  }

  /** Frees the previous lanes and returns the next batch; empty if no free lane has items. */
  private synchronized List<T> next(Set<Object> lanes) {
    underWay.removeAll(lanes);
    lanes.clear();
    List<T> batch = new ArrayList<>();
    Iterator<Map.Entry<Object, Deque<T>>> oldestFirst = waiting.entrySet().iterator();
    while (oldestFirst.hasNext() && batch.size() < maxOfABatch) {
      Map.Entry<Object, Deque<T>> lane = oldestFirst.next();
      if (underWay.contains(lane.getKey())) {
        continue;
      }
      lanes.add(lane.getKey());
      while (!lane.getValue().isEmpty() && batch.size() < maxOfABatch) {
        batch.add(lane.getValue().remove());
      }
      if (lane.getValue().isEmpty()) {
        oldestFirst.remove();
      }
    }
    underWay.addAll(lanes);
    if (batch.isEmpty()) {
      workers--;
    }
    return batch;
  }
}
