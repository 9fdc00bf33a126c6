package dev.tidemark.tools.bench.inside;

import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Runs the same work on several threads of the container. */
@ApplicationScoped
public class BenchCallers {
  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-turns")
  ManagedExecutorService executor;

  /** Runs {@code callers} callers at once, waits for all, and returns the sum of their results. */
  long together(int callers, IntFunction<Callable<Long>> caller) {
    List<Future<Long>> running = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      running.add(executor.submit(caller.apply(i)));
    }
    long sum = 0;
    try {
      for (Future<Long> one : running) {
        sum += one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return sum;
  }
}
