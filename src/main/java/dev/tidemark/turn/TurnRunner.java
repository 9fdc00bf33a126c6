package dev.tidemark.turn;

import dev.tidemark.agent.Agent;
import dev.tidemark.agent.Agents;
import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.log.SessionNames;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.RunningTurns;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jboss.logging.Logger;

/**
 * Runs turns: one after another in one session, in parallel in different sessions. The queue is in
 * the database; this class gets only hints to look there. A hint that finds no free thread is
 * dropped, because the sweep hints again.
 */
@ApplicationScoped
public class TurnRunner implements RunningTurns {
  private static final Logger LOG = Logger.getLogger(TurnRunner.class);

  @Inject Messages messages;
  @Inject TurnTransitions transitions;
  @Inject TurnStarts starts;
  @Inject TurnEvents events;
  @Inject TurnEnds ends;
  @Inject Agents agents;
  @Inject SessionNames names;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-turns")
  ManagedExecutorService executor;

  private final Map<Long, Slot> slots = new ConcurrentHashMap<>();
  private final Map<UUID, TurnRun> running = new ConcurrentHashMap<>();

  /** A session whose turns are being run here; changed only within {@code slots.compute}. */
  private static final class Slot {
    private boolean again;
  }

  @PostConstruct
  void measure() {
    metrics.gauge(Metric.TURNS_RUNNING, running::size);
  }

  void turnQueued(@Observes(during = TransactionPhase.AFTER_SUCCESS) TurnQueued event) {
    offer(event.sessionKey());
  }

  void abortRequested(@Observes(during = TransactionPhase.AFTER_SUCCESS) AbortRequested event) {
    over(List.of(event.turnId()), Cause.ABORTED);
  }

  /** Hints that a turn may be waiting in a session. Never blocks. */
  void offer(long sessionKey) {
    if (node.isDraining()) {
      return;
    }
    Slot fresh = new Slot();
    Slot slot =
        slots.compute(
            sessionKey,
            (key, busy) -> {
              if (busy == null) {
                return fresh;
              }
              busy.again = true;
              return busy;
            });
    if (slot == fresh) {
      submit(sessionKey, fresh);
    }
  }

  private void submit(long sessionKey, Slot slot) {
    try {
      executor.execute(() -> work(sessionKey, slot));
    } catch (RejectedExecutionException e) {
      slots.remove(sessionKey, slot);
    } catch (RuntimeException | Error e) { // as when no thread can be made
      slots.remove(sessionKey, slot);
      throw e;
    }
  }

  private void work(long sessionKey, Slot slot) {
    do {
      try {
        while (!node.isDraining() && slots.get(sessionKey) == slot && runNext(sessionKey)) {
          // One turn after another, until none waits.
        }
      } catch (RuntimeException e) {
        LOG.warnf(
            e,
            "TIDE0301 The next turn of %s could not be started; the sweep tries again.",
            names.of(sessionKey));
      } catch (Error e) {
        slots.remove(sessionKey, slot); // the sweep tries again, and a drain must not wait for it
        throw e;
      }
    } while (mustLookAgain(sessionKey, slot));
  }

  /**
   * Frees the slot, unless a hint came since the last look or the slot was given to another thread.
   */
  private boolean mustLookAgain(long sessionKey, Slot slot) {
    Slot kept =
        slots.computeIfPresent(
            sessionKey,
            (key, current) -> {
              if (current != slot) {
                return current;
              }
              boolean again = current.again;
              current.again = false;
              return again ? current : null;
            });
    return kept == slot;
  }

  private boolean runNext(long sessionKey) {
    Optional<StartedTurn> started = starts.start(sessionKey);
    started.ifPresent(this::run);
    return started.isPresent();
  }

  private void run(StartedTurn started) {
    Turn turn = started.turn();
    TurnRun run = new TurnRun(turn, turn.startedAt.plus(settings.get(TurnSettings.TIME_LIMIT)));
    messages
        .takeAcknowledged(turn)
        .ifPresent(
            nanos ->
                run.onFirstToken(
                    () -> metrics.record(Metric.FIRST_TOKEN, System.nanoTime() - nanos)));
    running.put(turn.turnId, run);
    try {
      TurnOutcome outcome =
          new TurnExecution(agents, transitions, events, storageRetry(), settings, names)
              .execute(started, run);
      conclude(run, outcome);
    } catch (TurnOverException e) {
      LOG.infof(
          "TIDE0302 Turn %s of %s was left: %s",
          turn.turnId, names.of(turn.sessionKey), e.getMessage());
    } finally {
      running.remove(turn.turnId, run);
    }
  }

  /** Ends a turn, or hands it on; only the first call for a turn does anything. */
  void conclude(TurnRun run, TurnOutcome outcome) {
    if (!run.conclude()) {
      return;
    }
    if (outcome.status() == TurnStatus.INTERRUPTED) {
      handOn(run.turn());
    } else {
      storageRetry().repeating(() -> end(run.turn(), outcome));
    }
    metrics.count(Metric.TURNS_ENDED, 1, outcome.status().text());
  }

  private void end(Turn turn, TurnOutcome outcome) {
    try {
      ends.end(turn, outcome);
    } catch (PayloadTooLargeException e) {
      ends.end(turn, TurnExecution.outcomeFor(turn, Cause.OUTPUT_TOO_LARGE));
    }
  }

  private StorageRetry storageRetry() {
    return new StorageRetry(settings.get(TurnSettings.STORAGE_PATIENCE), node::isStorageAway);
  }

  private void handOn(Turn turn) {
    transitions.interrupt(
        turn.turnId,
        "node_stopping",
        retried(turn.agentId),
        now -> settings.nodeName().equals(now.leaseOwner));
  }

  /** Whether this agent wants a turn tried again after its node died or stopped. */
  boolean retried(String agentId) {
    return agents.find(agentId).map(Agent::retryAfterInterruption).orElse(false);
  }

  /** Tells the agents that these turns, as far as they run here, are over. */
  void over(Collection<UUID> turnIds, Cause why) {
    turnIds.stream().map(running::get).filter(run -> run != null).forEach(run -> run.over(why));
  }

  /** Runs a turn no more, and goes on with the next one of its session. */
  void abandon(TurnRun run) {
    running.remove(run.turn().turnId, run);
    slots.remove(run.turn().sessionKey);
    offer(run.turn().sessionKey);
  }

  /** The ids of the turns that run here. */
  Set<UUID> runningIds() {
    return Set.copyOf(running.keySet());
  }

  @Override
  public int runningTurns() {
    return running.size();
  }

  /** Whether no turn runs here, and none is just being started. */
  boolean isIdle() {
    return slots.isEmpty() && running.isEmpty();
  }

  /** The turns that run here. */
  List<TurnRun> runs() {
    return List.copyOf(running.values());
  }
}
