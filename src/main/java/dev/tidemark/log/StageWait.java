package dev.tidemark.log;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for the result of an append, whose failure it throws. */
final class StageWait {
  private StageWait() {}

  /** Waits as long as it takes. */
  static <T> T on(CompletionStage<T> result) {
    try {
      return result.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException why ? why : e;
    }
  }

  /**
   * Waits for a time.
   *
   * @throws AppendUndecidedException if it is over, or the thread is interrupted
   */
  static <T> T on(CompletionStage<T> result, Duration patience) {
    try {
      return result.toCompletableFuture().get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException why ? why : new CompletionException(e);
    } catch (TimeoutException e) {
      throw new AppendUndecidedException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AppendUndecidedException(e);
    }
  }
}
