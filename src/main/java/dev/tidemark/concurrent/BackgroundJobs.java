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

/**
 * Runs the periodic jobs of the node. A bean registers its jobs when the application starts. All
 * jobs end here when the application stops, before any bean does its last work.
 *
 * <p>A job never runs twice at the same time, and a job that fails runs again the next time.
 */
@ApplicationScoped
public class BackgroundJobs {
  @Inject ServerThreads threads;
  @Inject WatchedWork watchedWork;

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
    PeriodicJob periodic = new PeriodicJob(name, first, period, job);
    schedule(name, first, period, () -> submit(periodic));
    watch(name, periodic);
  }

  /** Does the same for a job of which a run may take as long as it likes: it is not watched. */
  public void everyAtLeisure(String name, Duration period, Runnable job) {
    PeriodicJob periodic = new PeriodicJob(name, period, period, job);
    schedule(name, period, period, () -> submit(periodic));
  }

  /**
   * Runs a job periodically on a scheduler thread, for jobs that never wait, neither for a thread
   * nor for the database: all timers of the node share these few threads.
   *
   * @param period time from the start to the first run, and from the end of one run to the next
   */
  public void everyOnScheduler(String name, Duration period, Runnable job) {
    PeriodicJob periodic = new PeriodicJob(name, period, period, job);
    schedule(name, period, period, periodic::run);
    watch(name, periodic);
  }

  private void watch(String name, PeriodicJob periodic) {
    watchedWork.add("The job '" + name + "'", periodic);
  }

  private void schedule(String name, Duration first, Duration period, Runnable task) {
    ScheduledFuture<?> scheduled = threads.repeat(first, period, ServerThreads.logged(task));
    if (jobs.put(name, scheduled) != null) {
      throw new IllegalStateException("Two periodic jobs are called '" + name + "'.");
    }
  }

  /**
   * Runs a job once, soon; on the caller's thread if no other is free or can be made. To be called
   * without a lock.
   */
  public void soon(Runnable job) {
    try {
      threads.background(job);
    } catch (RuntimeException | Error e) {
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

  private void submit(PeriodicJob periodic) {
    if (!periodic.begin()) {
      return;
    }
    try {
      threads.background(periodic::run);
    } catch (RejectedExecutionException e) {
      periodic.end(); // the next period tries again
    } catch (RuntimeException | Error e) { // as when no thread can be made
      periodic.end();
      throw e;
    }
  }
}
