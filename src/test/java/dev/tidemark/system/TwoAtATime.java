package dev.tidemark.system;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Starts servers, and runs scripts that do, on two cores: each of them spends much of its time on
 * one.
 */
final class TwoAtATime implements AutoCloseable {
  private final ExecutorService threads = Executors.newFixedThreadPool(2);

  /** Runs all of it, in this order, and returns the results; fails as the first that fails. */
  static <T> List<T> run(List<Callable<T>> work) throws Exception {
    try (TwoAtATime two = new TwoAtATime()) {
      List<Future<T>> started = new ArrayList<>();
      for (Callable<T> piece : work) {
        started.add(two.start(piece));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> piece : started) {
        results.add(piece.get());
      }
      return results;
    }
  }

  /** Runs a piece of work as soon as fewer than two others run. */
  <T> Future<T> start(Callable<T> piece) {
    return threads.submit(piece);
  }

  /** Interrupts what still runs. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
