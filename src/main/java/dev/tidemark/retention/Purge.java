package dev.tidemark.retention;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.HistoryEnd;
import dev.tidemark.config.RetentionSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Runs the purge periodically: raises floors above events that have left the replay window, moves
 * days out of the log and out of its history, and creates partitions in advance. Every node tries;
 * the database lets one of them work at a time, and skips data on hold.
 */
@ApplicationScoped
public class Purge {
  private static final Logger LOG = Logger.getLogger(Purge.class);

  /** Greatest number of tries for the lock that appends wait behind, some milliseconds each. */
  private static final int MAX_BUSY = 5;

  private static final Duration LONG = Duration.ofHours(1);

  @Inject PurgeSteps steps;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  private final KeptOut keptOut = new KeptOut();
  private volatile Instant finished = Instant.now();

  /** When a day could not move for the first time; null while none has to or one could. */
  private volatile Instant heldUpSince;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    metrics.gauge(Metric.PURGE_FINISHED, () -> finished.getEpochSecond());
    metrics.gauge(Metric.PURGE_HELD_UP, () -> heldUpFor().toSeconds());
    backgroundJobs.everyAtLeisure("purge", settings.get(RetentionSettings.PURGE_EVERY), this::run);
  }

  /**
   * Runs one purge, each step in its own transaction with its own record: partitions for the days
   * to come; floors in batches, until all sessions are done; then the days that no floor needs any
   * more. Each step leaves the log whole, and the next run continues where this one ended.
   */
  private void run() {
    if (node.refusal().isPresent()) {
      return;
    }
    try {
      steps.noteSettings();
      int partitions = steps.ensurePartitions();
      if (partitions > 0) {
        LOG.infof("TIDE0501 Created %d partitions for the days to come.", partitions);
      }
      if (!raiseFloors()) {
        keptOut();
        return;
      }
      keptOut.end();
      moveDays();
      finished = Instant.now();
    } catch (RuntimeException e) {
      metrics.count(Metric.PURGE_FAILURES, 1);
      LOG.warnf("TIDE0503 The purge failed and is tried again: %s", e.getMessage());
    }
  }

  /** Whether there is a purge that works: the locks change hands from one look to the next. */
  private void keptOut() {
    if (!keptOut.again(steps.lockHolders(), System.nanoTime())) {
      finished = Instant.now();
    }
    Set<String> holders = keptOut.forLong(System.nanoTime());
    if (!holders.isEmpty()) {
      LOG.warnf(
          "TIDE0509 The purge is kept from its work by %s: see audit.locks.",
          String.join(", ", holders));
    }
  }

  /**
   * @return false if another purge, or the command of a DBA, has the locks
   */
  private boolean raiseFloors() {
    Optional<Long> doneTo = Optional.of(0L);
    while (doneTo.isPresent()) {
      PurgeSteps.Raised raised = steps.raiseFloors(doneTo.get());
      if (!raised.hadLocks()) {
        return false;
      }
      if (raised.sessions() > 0) {
        LOG.infof(
            "TIDE0502 Raised the floors of %d sessions over %d events.",
            raised.sessions(), raised.events());
        metrics.count(Metric.PURGE_EVENTS, raised.events());
      }
      doneTo = raised.doneTo();
    }
    return true;
  }

  /** Moves days to the history and out of it, in separate steps: each is complete by itself. */
  private void moveDays() {
    HistoryEnd end = settings.get(RetentionSettings.HISTORY_END);
    boolean free =
        eachDay(
            steps::retireDay,
            day ->
                LOG.infof(
                    "TIDE0504 %s left the log for its history with %d events.",
                    day.partition(), day.events()));
    if (end != HistoryEnd.KEEP) {
      free &=
          eachDay(
              steps::leaveHistory,
              day ->
                  LOG.infof(
                      "TIDE0506 %s left the history with %d events and waits.",
                      day.partition(), day.events()));
    }
    if (end == HistoryEnd.DROP) {
      free &=
          eachDay(
              steps::dropDay,
              day ->
                  LOG.infof(
                      "TIDE0507 %s was dropped with %d events.", day.partition(), day.events()));
    }
    if (free) {
      heldUpSince = null;
    } else if (heldUpSince == null) {
      heldUpSince = Instant.now();
    } else if (heldUpFor().compareTo(LONG) > 0) {
      LOG.warnf(
          "TIDE0510 No day has moved for %d minutes: see audit.locks for who uses its table.",
          heldUpFor().toMinutes());
    }
  }

  private Duration heldUpFor() {
    Instant since = heldUpSince;
    return since == null ? Duration.ZERO : Duration.between(since, Instant.now());
  }

  /**
   * @return false if a table was in use
   */
  private static boolean eachDay(
      Supplier<Optional<PurgeSteps.Day>> step, Consumer<PurgeSteps.Day> done) {
    int busy = 0;
    while (busy < MAX_BUSY) {
      Optional<PurgeSteps.Day> day = step.get();
      if (day.isEmpty()) {
        return true;
      }
      if (day.get().busy()) {
        busy++;
      } else {
        done.accept(day.get());
      }
    }
    LOG.infof("TIDE0505 A day could not move, its table was in use; the next purge tries again.");
    return false;
  }
}
