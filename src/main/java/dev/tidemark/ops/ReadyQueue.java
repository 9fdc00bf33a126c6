package dev.tidemark.ops;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Small jobs of many owners on a few threads of a bounded executor. Each owner sees to it that it
 * is queued at most once, so the queue is bounded by the number of owners; and each does a little
 * and queues again, so that none holds up the others.
 */
public final class ReadyQueue<T> {
  private static final Logger LOG = Logger.getLogger(ReadyQueue.class);

  private final Executor executor;
  private final int mostWorkers;
  private final Consumer<T> job;
  private final Queue<T> ready = new ConcurrentLinkedQueue<>();
  private final AtomicInteger workers = new AtomicInteger();

  /**
   * @param mostWorkers threads of the executor that may be used at the same time
   * @param job must not throw
   */
  public ReadyQueue(Executor executor, int mostWorkers, Consumer<T> job) {
    this.executor = executor;
    this.mostWorkers = mostWorkers;
    this.job = job;
  }

  /** Queues an owner whose job is due. Never blocks. */
  public void add(T owner) {
    ready.add(owner);
    startWorker();
  }

  /**
   * Never counts more workers than there may be, not even for a moment: a worker that ends just
   * then would take the surplus for another worker and leave what came last to nobody.
   */
  private void startWorker() {
    int busy = workers.get();
    while (busy < mostWorkers && !workers.compareAndSet(busy, busy + 1)) {
      busy = workers.get();
    }
    if (busy >= mostWorkers) {
      return;
    }
    try {
      executor.execute(this::work);
    } catch (RejectedExecutionException e) {
      workers.decrementAndGet();
      LOG.warn(
          "TIDE0001 No thread is free for what is ready; the next one that becomes ready tries again.");
    }
  }

  private void work() {
    try {
      for (T next = ready.poll(); next != null; next = ready.poll()) {
        job.accept(next);
      }
    } finally {
      workers.decrementAndGet();
      if (!ready.isEmpty()) { // something came between the last poll and the end of this worker
        startWorker();
      }
    }
  }
}
