package dev.tidemark.concurrent;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Runs a job for all who ask for its result, one run at a time. Whoever asks gets the result of a
 * run that began after that; all who ask during a run share the next one, so that a slow run makes
 * no queue. {@code running} lets one thread run; {@code next} is guarded by the monitor.
 *
 * @param <T> the result
 */
public final class SharedRun<T> {
  private final Supplier<T> job;
  private final ReentrantLock running = new ReentrantLock();
  private FutureTask<T> next;

  public SharedRun(Supplier<T> job) {
    this.job = job;
  }

  /** Runs the job on this thread, or waits until another thread has run it for both. */
  public T get() {
    FutureTask<T> mine = next();
    running.lock();
    try {
      if (!mine.isDone()) {
        begin();
        mine.run();
      }
    } finally {
      running.unlock();
    }
    return resultOf(mine);
  }

  private synchronized FutureTask<T> next() {
    if (next == null) {
      next = new FutureTask<>(job::get);
    }
    return next;
  }

  /** From here on, who asks is too late for this run. */
  private synchronized void begin() {
    next = null;
  }

  /** The number of threads that wait for a run to end. */
  int waiting() {
    return running.getQueueLength();
  }

  private static <T> T resultOf(Future<T> done) {
    try {
      return done.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
