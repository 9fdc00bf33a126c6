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

/** Some threads of the container that do the same thing. */
@ApplicationScoped
public class BenchCallers {
  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-turns")
  ManagedExecutorService executor;

  /** Runs so many callers at once and waits for all; what they return is added up. */
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
