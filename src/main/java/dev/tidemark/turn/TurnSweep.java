package dev.tidemark.turn;

import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.log.SessionNames;
import dev.tidemark.ops.Node;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import org.jboss.logging.Logger;

/**
 * Sweeps turns periodically: renews this node's leases, takes turns from dead nodes, starts
 * forgotten queues.
 */
@ApplicationScoped
public class TurnSweep {
  private static final Logger LOG = Logger.getLogger(TurnSweep.class);

  @Inject TurnLeases leases;
  @Inject TurnTransitions transitions;
  @Inject TurnRunner runner;
  @Inject TurnDeadlines deadlines;
  @Inject SessionNames names;
  @Inject Settings settings;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.every("turn sweep", settings.get(TurnSettings.SWEEP), this::look);
  }

  /**
   * Renews its own leases first: after a pause of the node or its database, it must not take its
   * own turns for lost.
   */
  private void look() {
    if (node.isStorageAway()) {
      return;
    }
    try {
      runner.over(leases.renewLeases(runner.runningIds()), Cause.ABORTED);
      deadlines.endUnstopped();
      if (node.refusal().isEmpty()) {
        leases.lost().forEach(this::interrupt);
        leases.waiting().forEach(runner::offer);
      }
    } catch (RuntimeException e) {
      LOG.warnf("TIDE0306 The sweep of turns failed and is tried again: %s", e.getMessage());
    }
  }

  /** Ends one lost turn; its failure must not keep the others from being ended. */
  private void interrupt(Turn lost) {
    LOG.warnf(
        "TIDE0307 Turn %s of %s: its node %s is gone.",
        lost.turnId, names.of(lost.sessionKey), lost.leaseOwner);
    try {
      transitions.interrupt(
          lost.turnId,
          "node_lost",
          runner.retried(lost.agentId),
          now -> now.leaseEndsAt != null && now.leaseEndsAt.equals(lost.leaseEndsAt));
    } catch (RuntimeException e) {
      LOG.warnf(
          e,
          "TIDE0309 Turn %s of %s could not be ended and is tried again.",
          lost.turnId,
          names.of(lost.sessionKey));
    }
  }
}
