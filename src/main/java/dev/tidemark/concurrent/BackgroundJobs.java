package dev.tidemark.concurrent;

import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Regular work that may wait for the database: the scheduler's few threads, for which heartbeats
 * wait, only say when, and others do it.
 */
@ApplicationScoped
public class BackgroundJobs {
  @Resource(lookup = "java:jboss/ee/concurrency/scheduler/tidemark")
  ManagedScheduledExecutorService scheduler;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-background")
  ManagedExecutorService executor;

  /**
   * Does a job again and again, never twice at a time: while it takes longer, or no thread is free,
   * it is left out.
   */
  public ScheduledFuture<?> every(long millis, Runnable job) {
    AtomicBoolean underWay = new AtomicBoolean();
    return scheduler.scheduleWithFixedDelay(
        () -> submit(job, underWay), millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Does a job once, soon; on this thread if no other is free. */
  public void soon(Runnable job) {
    try {
      executor.execute(job);
    } catch (RejectedExecutionException e) {
      job.run();
    }
  }

  private void submit(Runnable job, AtomicBoolean underWay) {
    if (!underWay.compareAndSet(false, true)) {
      return;
    }
    try {
      executor.execute(
          () -> {
            try {
              job.run();
            } finally {
              underWay.set(false);
            }
          });
    } catch (RejectedExecutionException e) {
      underWay.set(false); // the next time comes
    }
  }
}
