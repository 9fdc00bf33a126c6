package dev.tidemark.concurrent;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Runs the periodic jobs of the node. A bean registers its jobs when the application starts. All
 * jobs end here when the application stops, before any bean does its last work.
 *
 * <p>A job never runs twice at the same time, and a job that fails runs again the next time.
 */
@ApplicationScoped
public class BackgroundJobs {
  private static final Logger LOG = Logger.getLogger(BackgroundJobs.class);

  @Inject ServerThreads threads;

  private final Map<String, ScheduledFuture<?>> jobs = new ConcurrentHashMap<>();

  /**
   * Runs a job periodically on a background thread, where it may wait for the database. The
   * scheduler, whose few threads also send heartbeats, only starts the runs. A run is skipped while
   * an earlier one is under way or no thread is free.
   *
   * @param name name of the job, unique, for the log
   * @param period time from the start to the first run, and from one run to the next
   */
  public void every(String name, Duration period, Runnable job) {
    every(name, period, period, job);
  }

  /** Does the same with a separate time from the start to the first run. */
  public void every(String name, Duration first, Duration period, Runnable job) {
    AtomicBoolean underWay = new AtomicBoolean();
    schedule(name, first, period, () -> submit(name, job, underWay));
  }

  /**
   * Runs a job periodically on a scheduler thread, for jobs that never wait, neither for a thread
   * nor for the database: all timers of the node share these few threads.
   *
   * @param period time from the start to the first run, and from the end of one run to the next
   */
  public void everyOnScheduler(String name, Duration period, Runnable job) {
    schedule(name, period, period, job);
  }

  private void schedule(String name, Duration first, Duration period, Runnable job) {
    ScheduledFuture<?> scheduled = threads.repeat(first, period, () -> run(name, job));
    if (jobs.put(name, scheduled) != null) {
      throw new IllegalStateException("Two periodic jobs are called '" + name + "'.");
    }
  }

  /** Runs a job once, soon; on the caller's thread if no other is free. */
  public void soon(Runnable job) {
    try {
      threads.background(job);
    } catch (RejectedExecutionException e) {
      job.run();
    }
  }

  /**
   * Ends all jobs; does not wait for runs that are under way. Is called before the other observers
   * of this event: each may have work left after its job ended.
   */
  void stop(
      @Observes
          @Priority(Interceptor.Priority.PLATFORM_BEFORE)
          @BeforeDestroyed(ApplicationScoped.class)
          Object event) {
    jobs.values().forEach(job -> job.cancel(false));
  }

  private void submit(String name, Runnable job, AtomicBoolean underWay) {
    if (!underWay.compareAndSet(false, true)) {
      return;
    }
    try {
      threads.background(
          () -> {
            try {
              run(name, job);
            } finally {
              underWay.set(false);
            }
          });
    } catch (RejectedExecutionException e) {
      underWay.set(false); // the next period tries again
    } catch (RuntimeException | Error e) { // as when no thread can be made
      underWay.set(false);
      throw e;
    }
  }

  /** Catches everything, because a scheduler drops a job that throws. */
  private static void run(String name, Runnable job) {
    try {
      job.run();
    } catch (RuntimeException | Error e) {
      LOG.errorf(e, "TIDE0004 The job '%s' failed unexpectedly; it runs again.", name);
    }
  }
}
