package dev.tidemark.concurrent;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Threads of the server for work that goes on while the server is suspended, such as heartbeats and
 * the leases of running turns. A managed executor refuses every task then, its scheduler writes an
 * error for each run, and the suspend waits for each task that a managed executor still runs: for
 * ever, if the task is a loop.
 */
@ApplicationScoped
public class ServerThreads {
  private static final Logger LOG = Logger.getLogger(ServerThreads.class);
  private static final int SCHEDULER_THREADS = 2;

  /**
   * More than there are periodic jobs, of which each holds one at most while the database hangs.
   */
  private static final int BACKGROUND_THREADS = 16;

  private static final long IDLE_SECONDS = 60;

  @Resource(lookup = "java:comp/DefaultManagedThreadFactory")
  ManagedThreadFactory factory;

  private ScheduledThreadPoolExecutor scheduler;
  private ThreadPoolExecutor background;
  private ThreadPoolExecutor loops;

  @PostConstruct
  void prepare() {
    scheduler =
        new ScheduledThreadPoolExecutor(
            SCHEDULER_THREADS, factory, new ThreadPoolExecutor.DiscardPolicy());
    scheduler.setRemoveOnCancelPolicy(true);
    background = threads(BACKGROUND_THREADS);
    loops = threads(Integer.MAX_VALUE);
  }

  private ThreadPoolExecutor threads(int max) {
    return new ThreadPoolExecutor(
        0, max, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
  }

  /**
   * Runs a short task that never waits once, after a delay. After the stop of the application it
   * does nothing.
   */
  public ScheduledFuture<?> after(Duration delay, Runnable task) {
    return scheduler.schedule(logged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Runs a short task that never waits again and again; see {@link BackgroundJobs}, which names and
   * ends it.
   */
  ScheduledFuture<?> repeat(Duration first, Duration pause, Runnable task) {
    return scheduler.scheduleWithFixedDelay(
        task, first.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Runs a task that may wait for the database.
   *
   * @throws java.util.concurrent.RejectedExecutionException if no thread is free
   */
  void background(Runnable task) {
    background.execute(logged(task));
  }

  /** The number of tasks that wait for their time. */
  int waiting() {
    return scheduler.getQueue().size();
  }

  /** Runs a task that may live as long as the application, on a thread of its own. */
  public void alone(Runnable task) {
    loops.execute(logged(task));
  }

  /** Nobody asks the executors for the result, so a failure would be lost. */
  private static Runnable logged(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOG.error("TIDE0005 A task failed that should have seen to its own failures.", e);
      }
    };
  }

  /** Interrupts what still runs: the application is gone. */
  @PreDestroy
  void end() {
    scheduler.shutdownNow();
    background.shutdownNow();
    loops.shutdownNow();
  }
}
