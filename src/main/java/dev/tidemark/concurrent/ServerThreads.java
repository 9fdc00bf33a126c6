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
import java.util.concurrent.locks.LockSupport;
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
  private static final Duration AFTER_A_FAILURE = Duration.ofMillis(500);

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
   * ends it. Protected, like {@link #background}, because a proxy from another room calls it.
   */
  protected ScheduledFuture<?> repeat(Duration first, Duration pause, Runnable task) {
    return scheduler.scheduleWithFixedDelay(
        task, first.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Runs a task that may wait for the database.
   *
   * @throws java.util.concurrent.RejectedExecutionException if no thread is free
   */
  protected void background(Runnable task) {
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

  /** A step of a loop. */
  @FunctionalInterface
  public interface Step {
    /**
     * @return whether another step is to follow
     * @throws InterruptedException if the application ends
     */
    boolean run() throws InterruptedException;
  }

  /**
   * Runs a step again and again, on a thread of its own, until it says that it was the last one or
   * the application ends. A step that throws is logged, and after a pause followed by the next.
   */
  public void loop(String name, Step step) {
    alone(() -> loopHere(name, step));
  }

  private static void loopHere(String name, Step step) {
    try {
      while (wantsMore(name, step)) {
        // The step has done it.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean wantsMore(String name, Step step) throws InterruptedException {
    try {
      return step.run();
    } catch (RuntimeException | Error e) {
      logged(() -> LOG.errorf(e, "TIDE0006 The loop '%s' failed unexpectedly; it goes on.", name))
          .run();
      LockSupport.parkNanos(AFTER_A_FAILURE.toNanos());
      return !Thread.currentThread().isInterrupted();
    }
  }

  /**
   * Nobody asks the executors for the result, so a failure would be lost. Even the line of the log
   * may be more than the memory that is left; then the thread goes on without it.
   */
  static Runnable logged(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        try {
          LOG.error("TIDE0005 A task failed that should have seen to its own failures.", e);
        } catch (RuntimeException | Error unsaid) {
          return; // to its next task
        }
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
