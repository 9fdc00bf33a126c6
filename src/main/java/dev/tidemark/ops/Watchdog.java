package dev.tidemark.ops;

import dev.tidemark.concurrent.ServerThreads;
import dev.tidemark.concurrent.WatchedWork;
import dev.tidemark.concurrent.WatchedWork.Standstill;
import dev.tidemark.config.NodeSettings;
import dev.tidemark.config.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Looks every second, on a thread of its own, whether all work of the node moves: writers, queues,
 * joins, periodic jobs. Work that stands still for too long makes the node not ready and, if the
 * operator wants it, ends the process, so that what runs it starts it anew. While the database is
 * away it says nothing: work waits for that, and readiness says so already.
 */
@ApplicationScoped
public class Watchdog {
  private static final Logger LOG = Logger.getLogger(Watchdog.class);
  private static final long LOOK_EVERY_MILLIS = 1_000;

  /** EX_SOFTWARE of sysexits.h. */
  private static final int STATUS = 70;

  @Inject WatchedWork watchedWork;
  @Inject Node node;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject ServerThreads threads;

  /** A halt runs no shutdown hook: an orderly stop could stand still as well. */
  IntConsumer halt = Runtime.getRuntime()::halt;

  private final CountDownLatch stopped = new CountDownLatch(1);

  /** The names of what stood still at the last look. Used by the watching thread only. */
  private List<String> known = List.of();

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    metrics.gauge(Metric.STANDSTILL, () -> watchedWork.longest().toMillis() / 1_000.0);
    threads.loop("watchdog", this::lookLater);
  }

  void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
    stopped.countDown();
  }

  private boolean lookLater() throws InterruptedException {
    if (stopped.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
      return false;
    }
    look();
    return true;
  }

  /** Looks once. A server that is being suspended gives no threads, so nothing is expected then. */
  void look() {
    if (node.isDraining() || node.isStorageAway()) {
      node.standstill(Optional.empty());
      return;
    }
    watchedWork.revive();
    List<Standstill> standing = watchedWork.longerThan(settings.get(NodeSettings.STANDSTILL));
    node.standstill(standing.isEmpty() ? Optional.empty() : Optional.of(reason(standing)));
    tell(standing);
    exitIfWanted(standing);
  }

  private static NotReady reason(List<Standstill> standing) {
    return new NotReady(
        "Work of the node stands still.",
        standing.stream().map(Watchdog::sentence).collect(Collectors.joining(" ")));
  }

  private static String sentence(Standstill one) {
    return one.name()
        + " has not moved for "
        + one.time().toSeconds()
        + " s"
        + (one.isOfDatabase()
            ? ": it waits for the database."
            : one.threads().isEmpty() ? ": no thread is at it." : ".");
  }

  /** Says it once each time that it begins or ends, with the place at which each thread stands. */
  private void tell(List<Standstill> standing) {
    List<String> names = standing.stream().map(Standstill::name).sorted().toList();
    if (names.equals(known)) {
      return;
    }
    for (Standstill one : standing) {
      if (!known.contains(one.name())) {
        Throwable places = placesOf(one);
        LOG.errorf(places, "TIDE0007 Standing still: %s", sentence(one));
      }
    }
    if (names.isEmpty()) {
      LOG.info("TIDE0008 All work moves again.");
    }
    known = names;
  }

  /** The stacks of its threads, in the shape of an exception. */
  private static Throwable placesOf(Standstill one) {
    Throwable places = new Throwable(one.threads().size() + " threads are at it");
    for (Thread thread : one.threads()) {
      Throwable place = new Throwable(thread.getName());
      place.setStackTrace(thread.getStackTrace());
      places.addSuppressed(place);
    }
    return places;
  }

  private void exitIfWanted(List<Standstill> standing) {
    Duration after = settings.get(NodeSettings.EXIT_AFTER);
    if (after.isZero()) {
      return;
    }
    standing.stream()
        .filter(one -> one.time().compareTo(after) > 0 && !one.isOfDatabase())
        .findFirst()
        .ifPresent(
            one -> {
              LOG.errorf("TIDE0009 The process ends, to be started anew: %s", sentence(one));
              halt.accept(STATUS);
            });
  }
}
