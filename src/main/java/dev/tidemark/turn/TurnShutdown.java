package dev.tidemark.turn;

import dev.tidemark.config.NodeSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.ops.Node;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * Lets running turns finish for a while when the application stops, then hands them on to another
 * node.
 *
 * <p>The server stops independent components at the same time. So this bean depends on everything
 * that a turn needs: the beans that write a turn's events, and the executors of the turns, of the
 * log's writers and of the announcements of an append. It has no transaction of its own: each
 * change to a turn must be committed, and its locks released, at once.
 */
@Singleton
@Startup
@TransactionManagement(TransactionManagementType.BEAN)
@DependsOn({"TurnTransitions", "TurnLeases", "EventLog", "SessionStates"})
public class TurnShutdown {
  private static final Logger LOG = Logger.getLogger(TurnShutdown.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  @Inject TurnRunner runner;
  @Inject TurnSweep sweep;
  @Inject Settings settings;
  @Inject Node node;

  // Never read: the server stops an injected executor only after this bean.
  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-turns")
  ManagedExecutorService turns;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-log")
  ManagedExecutorService logWriters;

  @Resource(lookup = "java:jboss/ee/concurrency/scheduler/tidemark")
  ManagedScheduledExecutorService scheduler;

  @PreDestroy
  void stop() {
    node.drain();
    sweep.stop();
    if (!allEndedWithin(settings.get(NodeSettings.DRAIN_TURNS))) {
      LOG.infof("TIDE0308 Handing on %d turns.", runner.runningTurns());
      runner.handOnAll();
      var unused = allEndedWithin(settings.get(TurnSettings.ABORT_GRACE));
    }
  }

  private boolean allEndedWithin(Duration time) {
    Instant until = Instant.now().plus(time);
    Instant nextSweep = Instant.now();
    while (runner.runningTurns() > 0 && Instant.now().isBefore(until)) {
      if (!Instant.now().isBefore(nextSweep)) {
        sweep.look(); // a suspended server runs no scheduled job, and leases must not end now
        nextSweep = Instant.now().plus(settings.get(TurnSettings.SWEEP));
      }
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
    return runner.runningTurns() == 0;
  }
}
