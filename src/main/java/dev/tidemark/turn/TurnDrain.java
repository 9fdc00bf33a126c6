package dev.tidemark.turn;

import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.config.NodeSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.ops.Node;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/** Lets the turns of a draining node finish for a while, then hands them on to another node. */
@ApplicationScoped
public class TurnDrain {
  private static final Logger LOG = Logger.getLogger(TurnDrain.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  @Inject TurnRunner runner;
  @Inject TurnConclusions conclusions;
  @Inject Settings settings;
  @Inject Node node;

  /** The longest time that {@link #finish} may take while the database answers. */
  public Duration longest() {
    return settings.get(NodeSettings.DRAIN_TURNS).plus(settings.get(TurnSettings.ABORT_GRACE));
  }

  /** Whether no turn runs here. */
  public boolean isIdle() {
    return runner.isIdle();
  }

  /**
   * Waits until no turn runs here. Turns that go on for too long end as interrupted.
   *
   * @param wanted whether the node is still to be drained; if not, the turns are left alone
   */
  public void finish(BooleanSupplier wanted) {
    awaitIdle(settings.get(NodeSettings.DRAIN_TURNS), wanted);
    if (wanted.getAsBoolean() && !runner.isIdle()) {
      LOG.infof("TIDE0308 Handing on %d turns.", runner.runningTurns());
      handOnAll();
      awaitIdle(settings.get(TurnSettings.ABORT_GRACE), wanted);
    }
  }

  /**
   * Hands on the turns that still run: they end as interrupted, and another node may try them
   * again. A turn that the database does not let go now is found by its lease. Waits for all of
   * them together, at most for the grace period: the row of one may be held.
   */
  void handOnAll() {
    List<TurnRun> runs = runner.runs();
    runs.forEach(run -> run.over(Cause.NODE_STOPPING));
    if (node.isStorageAway()) {
      return;
    }
    CompletableFuture<?>[] all =
        runs.stream().map(this::handOn).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(all)
          .get(settings.get(TurnSettings.ABORT_GRACE).toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      LOG.warn("TIDE0313 Not all turns could be handed on in time; they are left to their leases.");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // each has seen to its own failure
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CompletableFuture<Void> handOn(TurnRun run) {
    return conclusions
        .concludeSoon(run, TurnExecution.outcomeFor(run.turn(), Cause.NODE_STOPPING))
        .exceptionally(
            failure -> {
              LOG.warnf(
                  "TIDE0311 Turn %s could not be handed on and is left to its lease: %s",
                  run.turn().turnId, failure.getMessage());
              return null;
            })
        .toCompletableFuture();
  }

  private void awaitIdle(Duration time, BooleanSupplier wanted) {
    long until = System.nanoTime() + time.toNanos();
    while (!runner.isIdle() && wanted.getAsBoolean() && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
  }
}
