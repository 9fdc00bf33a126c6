package dev.tidemark.turn;

import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.log.Sender;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/** A turn that this node runs, and the way to tell its agent that it is over. */
final class TurnRun {
  private final Turn turn;
  private final Sender sender;
  private final Instant deadline;
  private final CompletableFuture<Cause> over = new CompletableFuture<>();

  /** Open when {@link #over} is complete: a timed wait for that costs an exception each time. */
  private final CountDownLatch told = new CountDownLatch(1);

  private final AtomicBoolean concluded = new AtomicBoolean();
  private Runnable firstToken = () -> {};
  private LongConsumer growth = bytes -> {};
  private volatile Instant overSince = Instant.MAX;

  TurnRun(Turn turn, Sender sender, Instant deadline) {
    this.turn = turn;
    this.sender = sender;
    this.deadline = deadline;
  }

  /** Sets what is done once the first token is durable. Used by the agent's thread only. */
  void onFirstToken(Runnable action) {
    firstToken = action;
  }

  /** Sets who is told of the heap that the turn takes besides. */
  void onGrowth(LongConsumer action) {
    growth = action;
  }

  /** Notes that the turn takes so many bytes of heap more. */
  void grown(long bytes) {
    growth.accept(bytes);
  }

  /** Notes that a token is durable. */
  void tokenAppended() {
    firstToken.run();
    firstToken = () -> {};
  }

  Turn turn() {
    return turn;
  }

  /** Who sent the message that it answers. */
  Sender sender() {
    return sender;
  }

  Instant deadline() {
    return deadline;
  }

  /** Tells the agent that the turn is over; the first reason stays. */
  void over(Cause why) {
    if (!over.isDone()) {
      overSince = Instant.now();
    }
    over.complete(why);
    told.countDown();
  }

  Optional<Cause> over() {
    return Optional.ofNullable(over.getNow(null));
  }

  /** The time until which the agent may take to stop; {@link Instant#MAX} if it was not told. */
  Instant graceEnd(Duration grace) {
    Instant since = overSince;
    return since.equals(Instant.MAX) ? since : since.plus(grace);
  }

  /**
   * @throws TurnOverException if the turn is over
   */
  void requireGoing() {
    if (Instant.now().isAfter(deadline)) {
      over(Cause.TIME_LIMIT);
    }
    over()
        .ifPresent(
            why -> {
              throw new TurnOverException(why);
            });
  }

  /** Waits for the given time, or until the turn is over. */
  void pause(Duration duration) {
    Duration remaining = Duration.between(Instant.now(), deadline);
    Duration wait = duration.compareTo(remaining) < 0 ? duration : remaining;
    try {
      var unused = told.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      over(Cause.NODE_STOPPING);
    }
    requireGoing();
  }

  void whenOver(Runnable action) {
    var unused = over.thenRun(action);
  }

  /** Whether somebody ends the turn, or has ended it. */
  boolean isConcluded() {
    return concluded.get();
  }

  /**
   * Returns true to the first caller only: the agent's own thread, or the sweep that ends the turn
   * without it.
   */
  boolean conclude() {
    return concluded.compareAndSet(false, true);
  }
}
