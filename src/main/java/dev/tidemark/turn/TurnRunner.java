package dev.tidemark.turn;

import dev.tidemark.agent.Agents;
import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.config.MemorySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.log.LogFailedException;
import dev.tidemark.log.Sender;
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
 * Runs turns: one after another in one session, in parallel in different sessions, in the {@link
 * TurnPlaces} of this node. The queue is in the database; this class gets only hints to look there.
 * A hint that finds no free thread is dropped, because the sweep hints again.
 */
@ApplicationScoped
public class TurnRunner implements RunningTurns {
  private static final Logger LOG = Logger.getLogger(TurnRunner.class);
  private static final double NANOS_OF_A_SECOND = 1e9;

  @Inject Messages messages;
  @Inject TurnTransitions transitions;
  @Inject TurnStarts starts;
  @Inject TurnInputs inputs;
  @Inject TurnEvents events;
  @Inject TurnConclusions conclusions;
  @Inject TurnLeases leases;
  @Inject Agents agents;
  @Inject SessionNames names;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-turns")
  ManagedExecutorService executor;

  private final Map<UUID, TurnRun> running = new ConcurrentHashMap<>();
  private TurnPlaces places;

  @PostConstruct
  void prepare() {
    places =
        new TurnPlaces(
            settings.get(TurnSettings.PLACES),
            settings.get(TurnSettings.PLACES_OF_SENDER),
            settings.get(TurnSettings.PLACES_OF_TENANT),
            memory(),
            System::nanoTime);
    metrics.gauge(Metric.TURNS_RUNNING, running::size);
    metrics.gauge(Metric.TURNS_WAITING, places::waiting);
    metrics.gauge(Metric.TURNS_HEAP, places::heapBytes);
    metrics.gauge(Metric.TURNS_LONGEST_WAIT, () -> places.longestWaitNanos() / NANOS_OF_A_SECOND);
  }

  private TurnMemory memory() {
    long heapBytes = Runtime.getRuntime().maxMemory();
    return new TurnMemory(
        MemorySettings.turnBytes(settings, heapBytes),
        MemorySettings.turnPrincipalBytes(settings, heapBytes));
  }

  /** Hints that a turn may be waiting in a session. Never blocks. */
  void turnQueued(@Observes(during = TransactionPhase.AFTER_SUCCESS) TurnQueued event) {
    if (!node.isDraining()) {
      places.offer(event.sessionKey(), event.sender());
      fillPlaces();
    }
  }

  void abortRequested(@Observes(during = TransactionPhase.AFTER_SUCCESS) AbortRequested event) {
    over(List.of(event.turnId()), Cause.ABORTED);
  }

  /** Gives the free places to those who wait for them. */
  private void fillPlaces() {
    while (!node.isDraining()) {
      Optional<TurnPlaces.Place> next = places.take();
      if (next.isEmpty()) {
        return;
      }
      try {
        executor.execute(() -> work(next.get()));
      } catch (RejectedExecutionException e) {
        places.giveBack(next.get(), Optional.empty()); // the sweep offers the session again
        return;
      } catch (RuntimeException | Error e) { // as when no thread can be made
        places.giveBack(next.get(), Optional.empty());
        throw e;
      }
    }
  }

  /** Runs one turn in a place, and gives the place back, whatever happens. */
  private void work(TurnPlaces.Place place) {
    Optional<Sender> next = Optional.empty();
    try {
      starts
          .start(place.sessionKey(), place.sender(), bytes -> places.reserve(place, bytes))
          .ifPresent(started -> run(started, place));
      places.looking(place);
      next = leases.nextSender(place.sessionKey());
    } catch (RuntimeException e) {
      LOG.warnf(
          e,
          "TIDE0301 The next turn of %s could not be started; the sweep tries again.",
          names.of(place.sessionKey()));
    } finally {
      places.giveBack(place, next);
      fillPlaces();
    }
  }

  private void run(StartedTurn started, TurnPlaces.Place place) {
    Turn turn = started.turn();
    TurnRun run =
        new TurnRun(
            turn, started.sender(), turn.startedAt.plus(settings.get(TurnSettings.TIME_LIMIT)));
    run.onGrowth(bytes -> places.grow(place, bytes));
    messages
        .takeAcknowledged(turn)
        .ifPresent(
            nanos ->
                run.onFirstToken(
                    () -> metrics.record(Metric.FIRST_TOKEN, System.nanoTime() - nanos)));
    running.put(turn.turnId, run);
    try {
      TurnOutcome outcome =
          new TurnExecution(
                  agents, transitions, events, conclusions.storageRetry(), settings, names)
              .execute(started.sessionId(), texts(started, run, place), run);
      conclusions.conclude(run, outcome);
    } catch (TurnOverException e) {
      LOG.infof(
          "TIDE0302 Turn %s of %s was left: %s",
          turn.turnId, names.of(turn.sessionKey), e.getMessage());
    } catch (LogFailedException e) {
      LOG.errorf(
          "TIDE0314 The database refuses the end of turn %s; it is left to its lease: %s",
          turn.turnId, e.getMessage());
    } finally {
      running.remove(turn.turnId, run);
    }
  }

  /** The texts of a turn whose lease is renewed meanwhile. */
  private TurnTexts texts(StartedTurn started, TurnRun run, TurnPlaces.Place place) {
    TurnTexts texts =
        conclusions.storageRetry().until(run, () -> inputs.of(started), Optional::empty);
    if (places.settle(place, texts.heapBytes())) {
      try {
        fillPlaces();
      } catch (RuntimeException | Error e) { // as when no thread can be made: the sweep tries again
        LOG.debugf(e, "Nothing more could be started: %s", e.getMessage());
      }
    }
    return texts;
  }

  /** Tells the agents that these turns, as far as they run here, are over. */
  void over(Collection<UUID> turnIds, Cause why) {
    turnIds.stream().map(running::get).filter(run -> run != null).forEach(run -> run.over(why));
  }

  /**
   * Runs a turn no more, and goes on with the next one of its session. The agent keeps its place
   * until it returns.
   */
  void abandon(TurnRun run) {
    if (running.remove(run.turn().turnId, run)) {
      places.leaveBehind(run.turn().sessionKey);
    }
    turnQueued(new TurnQueued(run.turn().sessionKey, run.sender()));
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
    return places.isIdle() && running.isEmpty();
  }

  /** The turns that run here. */
  List<TurnRun> runs() {
    return List.copyOf(running.values());
  }
}
