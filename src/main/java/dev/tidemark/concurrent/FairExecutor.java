package dev.tidemark.concurrent;

import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Runs small jobs of many owners on a few threads of a bounded executor. Each owner ensures that it
 * is queued at most once, so the queue is bounded by the number of owners. A job does a little, and
 * its owner queues again if there is more.
 *
 * <p>Owners wait in lanes. The lanes are served one after another, each by at most half of the
 * threads: a thousand owners in one lane, or jobs of one lane that block, do not hold up the
 * others. All state is guarded by the monitor, which is not held while a job runs.
 *
 * <p>Whatever is thrown, an {@code Error} too, costs no place: a worker goes on with the next
 * owner, and an owner that was not queued is told so by the exception. The queues allocate before
 * they change, so memory that runs out leaves them whole.
 */
public final class FairExecutor<T> implements Watched {
  private static final Logger LOG = Logger.getLogger(FairExecutor.class);

  private final Executor executor;
  private final int maxWorkers;
  private final int maxWorkersOfALane;
  private final Function<T, Object> laneOf;
  private final Consumer<T> job;
  private final Map<Object, Lane<T>> lanes = new HashMap<>();
  private final Queue<Lane<T>> due = new ConcurrentLinkedQueue<>();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private int workers;

  /** A lane is in {@code due} exactly while an owner waits and another worker may serve it. */
  private static final class Lane<T> {
    private final Object name;
    private final Queue<T> waiting = new ConcurrentLinkedQueue<>();
    private int workers;
    private boolean due;

    /** When an owner was last taken from it, or began to wait in the empty lane. */
    private long movedNanos;

    Lane(Object name) {
      this.name = name;
    }
  }

  private record Assignment<T>(Lane<T> lane, T owner) {}

  /**
   * @param maxWorkers greatest number of the executor's threads in use at the same time
   * @param laneOf gives the lane of an owner, each time the owner is added
   * @param job handles its own failures
   */
  public FairExecutor(
      Executor executor, int maxWorkers, Function<T, Object> laneOf, Consumer<T> job) {
    this.executor = executor;
    this.maxWorkers = maxWorkers;
    this.maxWorkersOfALane = Math.max(1, maxWorkers / 2);
    this.laneOf = laneOf;
    this.job = job;
  }

  /** Queues an owner whose job is due. Never blocks. */
  public void add(T owner) {
    if (put(laneOf.apply(owner), owner)) {
      startWorker();
    }
  }

  /** Returns whether a worker is to be started for a due lane; it is counted from now on. */
  private synchronized boolean put(Object name, T owner) {
    Lane<T> lane = lanes.computeIfAbsent(name, Lane::new);
    if (lane.waiting.isEmpty()) {
      lane.movedNanos = System.nanoTime();
    }
    lane.waiting.add(owner); // whole or not at all: the exception says that it is not queued
    makeDue(lane);
    return countWorker();
  }

  private synchronized boolean countWorker() {
    if (due.isEmpty() || workers == maxWorkers) {
      return false;
    }
    workers++;
    return true;
  }

  private void makeDue(Lane<T> lane) {
    if (!lane.due && !lane.waiting.isEmpty() && lane.workers < maxWorkersOfALane) {
      try {
        due.add(lane);
        lane.due = true;
      } catch (OutOfMemoryError e) {
        lane.due = false; // revive() comes back to it
      }
    }
  }

  /** The owner is queued already, so a thread that cannot be had is no failure of the caller's. */
  private void startWorker() {
    try {
      executor.execute(this::work);
    } catch (RuntimeException | Error e) {
      endWorker();
      LOG.warnf(
          "TIDE0001 No thread is free for what is ready, which is tried again soon: %s",
          e.getMessage());
    }
  }

  @Override
  public void revive() {
    synchronized (this) {
      lanes.values().forEach(this::makeDue);
    }
    if (countWorker()) {
      startWorker();
    }
  }

  private synchronized void endWorker() {
    workers--;
  }

  private void work() {
    boolean counted = true;
    try {
      threads.add(Thread.currentThread());
      for (Assignment<T> assigned = next(); assigned != null; assigned = next()) {
        serve(assigned);
      }
      counted = false; // the last look has counted this worker out
    } finally {
      threads.remove(Thread.currentThread());
      if (counted) {
        endWorker();
      }
    }
  }

  private void serve(Assignment<T> assigned) {
    try {
      job.accept(assigned.owner());
    } catch (RuntimeException | Error e) {
      LOG.error("TIDE0002 A job failed that should have seen to its own failures.", e);
    } finally {
      leave(assigned.lane());
    }
  }

  /** The next owner to serve; if no lane is due, the worker ends and is counted out at once. */
  private synchronized Assignment<T> next() {
    Lane<T> lane = due.peek();
    if (lane == null) {
      workers--;
      return null;
    }
    Assignment<T> assigned = new Assignment<>(lane, lane.waiting.peek());
    due.remove();
    lane.waiting.remove();
    lane.due = false;
    lane.workers++;
    lane.movedNanos = System.nanoTime();
    makeDue(lane);
    return assigned;
  }

  private synchronized void leave(Lane<T> lane) {
    lane.workers--;
    makeDue(lane);
    if (lane.workers == 0 && lane.waiting.isEmpty()) {
      lanes.remove(lane.name);
    }
  }

  @Override
  public synchronized long stillNanos() {
    long now = System.nanoTime();
    return lanes.values().stream()
        .filter(lane -> !lane.waiting.isEmpty())
        .mapToLong(lane -> now - lane.movedNanos)
        .max()
        .orElse(0);
  }

  @Override
  public Set<Thread> threads() {
    return threads;
  }
}
