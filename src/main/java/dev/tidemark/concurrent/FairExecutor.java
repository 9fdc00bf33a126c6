package dev.tidemark.concurrent;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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
 */
public final class FairExecutor<T> {
  private static final Logger LOG = Logger.getLogger(FairExecutor.class);

  private final Executor executor;
  private final int maxWorkers;
  private final int maxWorkersOfALane;
  private final Function<T, Object> laneOf;
  private final Consumer<T> job;
  private final Map<Object, Lane<T>> lanes = new HashMap<>();
  private final ArrayDeque<Lane<T>> due = new ArrayDeque<>();
  private int workers;

  /** A lane is in {@code due} exactly while an owner waits and another worker may serve it. */
  private static final class Lane<T> {
    private final Object name;
    private final ArrayDeque<T> waiting = new ArrayDeque<>();
    private int workers;
    private boolean due;

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
    lane.waiting.add(owner);
    makeDue(lane);
    if (due.isEmpty() || workers == maxWorkers) {
      return false;
    }
    workers++;
    return true;
  }

  private void makeDue(Lane<T> lane) {
    if (!lane.due && !lane.waiting.isEmpty() && lane.workers < maxWorkersOfALane) {
      lane.due = true;
      due.add(lane);
    }
  }

  private void startWorker() {
    try {
      executor.execute(this::work);
    } catch (RejectedExecutionException e) {
      synchronized (this) {
        workers--;
      }
      LOG.warn(
          "TIDE0001 No thread is free for what is ready; the next one that becomes ready tries again.");
    }
  }

  private void work() {
    for (Assignment<T> assigned = next(); assigned != null; assigned = next()) {
      try {
        job.accept(assigned.owner());
      } catch (RuntimeException e) {
        LOG.error("TIDE0002 A job failed that should have seen to its own failures.", e);
      } finally {
        leave(assigned.lane());
      }
    }
  }

  /** The next owner to serve; if no lane is due, the worker ends and is counted out at once. */
  private synchronized Assignment<T> next() {
    Lane<T> lane = due.poll();
    if (lane == null) {
      workers--;
      return null;
    }
    lane.due = false;
    lane.workers++;
    T owner = lane.waiting.remove();
    makeDue(lane);
    return new Assignment<>(lane, owner);
  }

  private synchronized void leave(Lane<T> lane) {
    lane.workers--;
    makeDue(lane);
    if (lane.workers == 0 && lane.waiting.isEmpty()) {
      lanes.remove(lane.name);
    }
  }
}
