package dev.tidemark.concurrent;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** A job of {@link BackgroundJobs}: one run at a time, and another one whatever a run throws. */
final class PeriodicJob implements Watched {
  private static final Logger LOG = Logger.getLogger(PeriodicJob.class);

  /** The number of runs that may be missed before the job counts as standing still. */
  private static final int MISSED = 3;

  private final String name;
  private final long patienceNanos;
  private final Runnable job;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile long endedNanos;

  PeriodicJob(String name, Duration first, Duration period, Runnable job) {
    this.name = name;
    this.job = job;
    patienceNanos = period.multipliedBy(MISSED).toNanos();
    endedNanos = System.nanoTime() + first.toNanos();
  }

  /** Whether the caller is to run the job: it is not under way. */
  boolean begin() {
    return underWay.compareAndSet(false, true);
  }

  /** Gives up a run that was begun. */
  void end() {
    underWay.set(false);
  }

  /**
   * Runs the job, which was begun, and ends the run. Throws nothing: a scheduler drops what does.
   */
  void run() {
    try {
      threads.add(Thread.currentThread());
      ServerThreads.logged(this::runLogged).run();
    } finally {
      threads.remove(Thread.currentThread());
      endedNanos = System.nanoTime();
      end();
    }
  }

  private void runLogged() {
    try {
      job.run();
    } catch (RuntimeException | Error e) {
      LOG.errorf(e, "TIDE0004 The job '%s' failed unexpectedly; it runs again.", name);
    }
  }

  @Override
  public long stillNanos() {
    return Math.max(0, System.nanoTime() - endedNanos - patienceNanos);
  }

  @Override
  public Set<Thread> threads() {
    return threads;
  }
}
