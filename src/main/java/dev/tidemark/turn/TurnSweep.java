package dev.tidemark.turn;

import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.log.SessionNames;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Looks after turns periodically: renews this node's leases; takes turns from dead nodes and puts
 * forgotten queues in line. Leases have a job of their own: whatever holds up the rest, no living
 * turn is taken from its node.
 */
@ApplicationScoped
public class TurnSweep {
  private static final Logger LOG = Logger.getLogger(TurnSweep.class);

  @Inject TurnLeases leases;
  @Inject TurnInterruptions interruptions;
  @Inject TurnConclusions conclusions;
  @Inject TurnRunner runner;
  @Inject TurnDeadlines deadlines;
  @Inject SessionNames names;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  /** The lost turns that a writer has in hand: none is asked for twice. */
  private final Set<UUID> beingTaken = ConcurrentHashMap.newKeySet();

  private volatile long queued;

  @PostConstruct
  void measure() {
    metrics.gauge(Metric.TURNS_QUEUED, () -> queued);
  }

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.every("turn leases", settings.get(TurnSettings.SWEEP), this::renew);
    backgroundJobs.every("turn sweep", settings.get(TurnSettings.SWEEP), this::look);
  }

  private void renew() {
    attempt(
        () -> {
          Set<UUID> running = runner.runningIds();
          Map<UUID, Boolean> ours = leases.renewLeases(running);
          for (UUID turnId : running) {
            Boolean isAborted = ours.get(turnId);
            if (isAborted == null) {
              runner.over(List.of(turnId), Cause.LEASE_LOST); // its place is somebody else's
            } else if (isAborted) {
              runner.over(List.of(turnId), Cause.ABORTED);
            }
          }
        });
  }

  private void look() {
    attempt(
        () -> {
          deadlines.endUnstopped();
          queued = leases.queued();
          if (node.refusal().isEmpty()) {
            leases.lost(Set.copyOf(beingTaken), runner.runningIds()).forEach(this::interrupt);
            leases.waiting().forEach(runner::turnQueued);
          }
        });
  }

  private void attempt(Runnable step) {
    if (node.isStorageAway()) {
      return;
    }
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.warnf("TIDE0306 The sweep of turns failed and is tried again: %s", e.getMessage());
    }
  }

  /** Ends one lost turn; neither its failure nor a row that is held keeps the others from it. */
  private void interrupt(Turn lost) {
    String session = names.of(lost.sessionKey);
    LOG.warnf(
        "TIDE0307 Turn %s of %s: its node %s is gone.", lost.turnId, session, lost.leaseOwner);
    beingTaken.add(lost.turnId);
    try {
      var unused =
          interruptions
              .takeLost(lost, "node_lost", conclusions.retried(lost.agentId))
              .whenComplete((done, failure) -> taken(lost, session, failure));
    } catch (RuntimeException | Error e) { // as when the log can take no more
      taken(lost, session, e);
    }
  }

  private void taken(Turn lost, String session, Throwable failure) {
    beingTaken.remove(lost.turnId);
    if (failure != null) {
      LOG.warnf(
          failure,
          "TIDE0309 Turn %s of %s could not be ended and is tried again.",
          lost.turnId,
          session);
    }
  }
}
