package dev.tidemark.turn;

import dev.tidemark.agent.Agent;
import dev.tidemark.agent.Agents;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Ends the turns that this node runs, or hands them on. Of all conclusions of one run, by its
 * agent's thread, the sweep or a drain, only the first does anything.
 */
@ApplicationScoped
public class TurnConclusions {
  @Inject TurnEnds ends;
  @Inject TurnInterruptions interruptions;
  @Inject Agents agents;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;

  /** Concludes a run and waits, on the agent's own thread, also while the database is away. */
  void conclude(TurnRun run, TurnOutcome outcome) {
    if (!run.conclude()) {
      return;
    }
    if (outcome.status() == TurnStatus.INTERRUPTED) {
      await(handOn(run.turn()));
    } else {
      storageRetry().repeating(() -> end(run, outcome));
    }
    metrics.count(Metric.TURNS_ENDED, 1, outcome.status().text());
  }

  /**
   * Concludes a run without its agent. Does not wait.
   *
   * @return a stage that completes when the turn has ended; if it fails, the turn is left to its
   *     lease
   */
  CompletionStage<Void> concludeSoon(TurnRun run, TurnOutcome outcome) {
    if (!run.conclude()) {
      return CompletableFuture.completedFuture(null);
    }
    try {
      CompletionStage<Void> ended =
          outcome.status() == TurnStatus.INTERRUPTED ? handOn(run.turn()) : ends.end(run, outcome);
      return ended.thenRun(() -> metrics.count(Metric.TURNS_ENDED, 1, outcome.status().text()));
    } catch (RuntimeException | Error e) { // as when the log can take no more
      return CompletableFuture.failedFuture(e);
    }
  }

  private void end(TurnRun run, TurnOutcome outcome) {
    try {
      await(ends.end(run, outcome));
    } catch (PayloadTooLargeException e) {
      await(ends.end(run, TurnExecution.outcomeFor(run.turn(), Cause.OUTPUT_TOO_LARGE)));
    }
  }

  private CompletionStage<Void> handOn(Turn turn) {
    return interruptions.handOn(turn, "node_stopping", retried(turn.agentId));
  }

  /** Whether this agent wants a turn tried again after its node died or stopped. */
  boolean retried(String agentId) {
    return agents.find(agentId).map(Agent::retryAfterInterruption).orElse(false);
  }

  /** Repeats what a turn does while the database is away. */
  StorageRetry storageRetry() {
    return new StorageRetry(settings.get(TurnSettings.STORAGE_PATIENCE), node::isStorageAway);
  }

  private static void await(CompletionStage<Void> stage) {
    try {
      stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException why ? why : e;
    }
  }
}
