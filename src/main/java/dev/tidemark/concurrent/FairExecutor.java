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
 * <p>Owners wait in lanes, and lanes belong to groups. Groups take turns, and within a group its
 * lanes. Neither has more threads at a time than its maximum: a thousand owners in one lane, a
 * thousand lanes in one group, or jobs that block do not hold up the others. All state is guarded
 * by the monitor, which is not held while a job runs.
 *
 * <p>Whatever is thrown, an {@code Error} too, costs no place: a worker goes on with the next
 * owner, and an owner that was not queued is told so by the exception. The queues allocate before
 * they change, so memory that runs out leaves them whole.
 */
public final class FairExecutor<T> implements Watched {
  private static final Logger LOG = Logger.getLogger(FairExecutor.class);

  private static final String ONE_LANE = "all of the group";

  private final Executor executor;
  private final ThreadShares shares;
  private final Function<T, Object> groupOf;
  private final Function<T, Object> laneOf;
  private final Consumer<T> job;
  private final Map<Object, Group<T>> groups = new HashMap<>();
  private final Queue<Group<T>> due = new ConcurrentLinkedQueue<>();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private int workers;

  /** A group is in {@code due} exactly while a lane of it is due and it may have another worker. */
  private static final class Group<T> {
    private final Object name;
    private final Map<Object, Lane<T>> lanes = new HashMap<>();
    private final Queue<Lane<T>> due = new ConcurrentLinkedQueue<>();
    private int waiting;
    private int workers;
    private boolean isDue;

    /** When an owner was last taken from it, or began to wait in the empty group. */
    private long movedNanos;

    Group(Object name) {
      this.name = name;
    }
  }

  /** A lane is due exactly while an owner waits and the lane may have another worker. */
  private static final class Lane<T> {
    private final Group<T> group;
    private final Object name;
    private final Queue<T> waiting = new ConcurrentLinkedQueue<>();
    private int workers;
    private boolean isDue;

    /** When an owner was last taken from it, or began to wait in the empty lane. */
    private long movedNanos;

    Lane(Group<T> group, Object name) {
      this.group = group;
      this.name = name;
    }
  }

  private record Assignment<T>(Lane<T> lane, T owner) {}

  /**
   * @param groupOf gives the group of an owner, each time the owner is added
   * @param laneOf gives the lane of an owner within its group, each time the owner is added
   * @param job handles its own failures
   */
  public FairExecutor(
      Executor executor,
      ThreadShares shares,
      Function<T, Object> groupOf,
      Function<T, Object> laneOf,
      Consumer<T> job) {
    this.executor = executor;
    this.shares = shares;
    this.groupOf = groupOf;
    this.laneOf = laneOf;
    this.job = job;
  }

  /**
   * Without groups: a lane has half of the threads at most.
   *
   * @param maxWorkers greatest number of the executor's threads in use at the same time
   */
  public FairExecutor(
      Executor executor, int maxWorkers, Function<T, Object> laneOf, Consumer<T> job) {
    this(executor, ThreadShares.ofLanes(maxWorkers), laneOf, owner -> ONE_LANE, job);
  }

  /** Queues an owner whose job is due. Never blocks. */
  public void add(T owner) {
    if (put(groupOf.apply(owner), laneOf.apply(owner), owner)) {
      startWorker();
    }
  }

  /** Returns whether a worker is to be started for a due lane; it is counted from now on. */
  private synchronized boolean put(Object groupName, Object laneName, T owner) {
    Group<T> group = groups.computeIfAbsent(groupName, Group::new);
    Lane<T> lane;
    boolean first;
    try {
      lane = group.lanes.computeIfAbsent(laneName, name -> new Lane<>(group, name));
      first = lane.waiting.isEmpty();
      lane.waiting.add(owner); // whole or not at all: the exception says that it is not queued
    } catch (OutOfMemoryError e) {
      forgetIdle(group, laneName);
      throw e;
    }
    if (group.waiting++ == 0) {
      group.movedNanos = System.nanoTime();
    }
    if (first) {
      lane.movedNanos = System.nanoTime();
    }
    makeDue(lane);
    return countWorker();
  }

  private synchronized boolean countWorker() {
    if (due.isEmpty() || workers == shares.all()) {
      return false;
    }
    workers++;
    return true;
  }

  private void makeDue(Lane<T> lane) {
    Group<T> group = lane.group;
    try {
      if (!lane.isDue && !lane.waiting.isEmpty() && lane.workers < shares.ofALane()) {
        group.due.add(lane);
        lane.isDue = true;
      }
      if (!group.isDue && !group.due.isEmpty() && group.workers < shares.ofAGroup()) {
        due.add(group);
        group.isDue = true;
      }
    } catch (OutOfMemoryError e) {
      return; // what was not queued is not marked, and revive() comes back to it
    }
  }

  /** The owner is queued already, so a thread that cannot be had is no failure of the caller's. */
  private void startWorker() {
    try {
      executor.execute(this::work);
    } catch (RuntimeException | Error e) {
      endWorker();
      tellOfNoThread(e);
    }
  }

  /** What the line throws, for want of memory too, must not seem to be the owner's refusal. */
  private static void tellOfNoThread(Throwable why) {
    try {
      LOG.warnf(
          "TIDE0001 No thread is free for what is ready, which is tried again soon: %s",
          why.getMessage());
    } catch (RuntimeException | Error unsaid) {
      return;
    }
  }

  @Override
  public void revive() {
    synchronized (this) {
      groups.values().forEach(group -> group.lanes.values().forEach(this::makeDue));
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

  /** The next owner to serve; if no group is due, the worker ends and is counted out at once. */
  private synchronized Assignment<T> next() {
    Group<T> group = due.peek();
    if (group == null) {
      workers--;
      return null;
    }
    Lane<T> lane = group.due.peek();
    Assignment<T> assigned = new Assignment<>(lane, lane.waiting.peek());
    due.remove();
    group.isDue = false;
    group.due.remove();
    lane.isDue = false;
    lane.waiting.remove();
    group.waiting--;
    group.workers++;
    lane.workers++;
    group.movedNanos = System.nanoTime();
    lane.movedNanos = group.movedNanos;
    makeDue(lane);
    return assigned;
  }

  private synchronized void leave(Lane<T> lane) {
    Group<T> group = lane.group;
    lane.workers--;
    group.workers--;
    makeDue(lane);
    forgetIdle(group, lane.name);
  }

  private void forgetIdle(Group<T> group, Object laneName) {
    Lane<T> lane = group.lanes.get(laneName);
    if (lane != null && lane.workers == 0 && lane.waiting.isEmpty()) {
      group.lanes.remove(laneName);
    }
    if (group.lanes.isEmpty()) {
      groups.remove(group.name);
    }
  }

  /**
   * A lane that is not worked on waits for its group, which may be busy with others of its lanes.
   */
  @Override
  public synchronized long stillNanos() {
    long now = System.nanoTime();
    return groups.values().stream()
        .flatMap(group -> group.lanes.values().stream())
        .filter(lane -> !lane.waiting.isEmpty())
        .mapToLong(lane -> now - (lane.workers > 0 ? lane.movedNanos : lane.group.movedNanos))
        .max()
        .orElse(0);
  }

  /** The number of groups of which an owner waits or is served. */
  synchronized int groups() {
    return groups.size();
  }

  @Override
  public Set<Thread> threads() {
    return threads;
  }
}
