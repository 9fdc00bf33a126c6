package dev.tidemark.turn;

import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.ops.Node;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks after turns at a steady pace: renews this node's leases, takes turns from nodes that died,
 * starts forgotten queues.
 */
@ApplicationScoped
public class TurnSweep {
  private static final Logger LOG = Logger.getLogger(TurnSweep.class);

  @Inject TurnLeases queue;
  @Inject TurnTransitions journal;
  @Inject TurnRunner runner;
  @Inject Settings settings;
  @Inject Node node;

  @Resource(lookup = "java:jboss/ee/concurrency/scheduler/tidemark")
  ManagedScheduledExecutorService scheduler;

  private ScheduledFuture<?> sweep;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    long everyMillis = settings.get(TurnSettings.SWEEP).toMillis();
    sweep =
        scheduler.scheduleWithFixedDelay(
            this::look, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
  }

  void stop() {
    sweep.cancel(false);
  }

  /**
   * Own leases first: after a pause of the whole node or its database, its own turns must not look
   * lost to itself.
   */
  void look() {
    if (node.isStorageAway()) {
      return;
    }
    try {
      runner.over(queue.renewLeases(runner.runningIds()), Cause.ABORTED);
      runner.endOverdue();
      if (node.refusal().isEmpty()) {
        queue.lost().forEach(this::interrupt);
        queue.waiting().forEach(runner::offer);
      }
    } catch (RuntimeException e) {
      LOG.warnf("TIDE0306 The sweep of turns failed and is tried again: %s", e.getMessage());
    }
  }

  /** What goes wrong with one turn must not keep the others from being found. */
  private void interrupt(Turn lost) {
    LOG.warnf(
        "TIDE0307 Turn %s of session %d: its node %s is gone.",
        lost.turnId, lost.sessionKey, lost.leaseOwner);
    try {
      journal.interrupt(
          lost.turnId,
          "node_lost",
          runner.retried(lost.agentId),
          now -> now.leaseEndsAt != null && now.leaseEndsAt.equals(lost.leaseEndsAt));
    } catch (RuntimeException e) {
      LOG.warnf(e, "TIDE0309 Turn %s could not be ended and is tried again.", lost.turnId);
    }
  }
}
