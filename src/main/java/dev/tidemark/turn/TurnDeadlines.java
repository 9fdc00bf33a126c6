package dev.tidemark.turn;

import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.log.SessionNames;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/**
 * Tells agents that their time is up, by a timer that no database holds up, and ends turns whose
 * agents do not stop then.
 */
@ApplicationScoped
public class TurnDeadlines {
  private static final Logger LOG = Logger.getLogger(TurnDeadlines.class);

  @Inject TurnRunner runner;
  @Inject TurnConclusions conclusions;
  @Inject SessionNames names;
  @Inject Settings settings;
  @Inject BackgroundJobs backgroundJobs;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.everyOnScheduler("turn deadlines", settings.get(TurnSettings.SWEEP), this::tell);
  }

  /** Tells agents whose time is up to stop. Never waits. */
  void tell() {
    Instant now = Instant.now();
    runner.runs().stream()
        .filter(run -> now.isAfter(run.deadline()))
        .forEach(run -> run.over(Cause.TIME_LIMIT));
  }

  /** Ends turns whose agents did not stop within the grace period. Waits for no end. */
  void endUnstopped() {
    Instant now = Instant.now();
    for (TurnRun run : runner.runs()) {
      if (now.isAfter(run.graceEnd(settings.get(TurnSettings.ABORT_GRACE))) && !run.isConcluded()) {
        LOG.warnf(
            "TIDE0304 Turn %s of %s: its agent did not stop in time; the turn is ended without it.",
            run.turn().turnId, names.of(run.turn().sessionKey));
        endWithoutAgent(run);
      }
    }
  }

  /**
   * Ends a turn without its agent. If that fails, the turn is not run here any more all the same,
   * and its lease runs out. Until then the lease is renewed: the end may wait for the session's
   * row.
   */
  private void endWithoutAgent(TurnRun run) {
    CompletionStage<Void> ended;
    try {
      TurnOutcome outcome = TurnExecution.outcomeFor(run.turn(), run.over().orElseThrow());
      ended = conclusions.concludeSoon(run, outcome);
    } catch (TurnOverException e) {
      LOG.debugf("TIDE0310 Turn %s is not this node's: %s", run.turn().turnId, e.getMessage());
      ended = CompletableFuture.completedFuture(null);
    }
    var unused = ended.whenComplete((done, failure) -> runner.abandon(run));
  }
}
