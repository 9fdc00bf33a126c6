package dev.tidemark.turn;

import dev.tidemark.ops.Node;
import dev.tidemark.ops.Setting;
import dev.tidemark.ops.Settings;
import jakarta.annotation.PreDestroy;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * When the application stops: lets running turns finish for a while, then hands them on to another
 * node.
 */
@Singleton
@Startup
public class TurnHandover {
  private static final Logger LOG = Logger.getLogger(TurnHandover.class);
  private static final long LOOK_NANOS = 50_000_000;

  @Inject TurnRunner runner;
  @Inject TurnSweep sweep;
  @Inject Settings settings;
  @Inject Node node;

  @PreDestroy
  void stop() {
    node.drain();
    Instant until = Instant.now().plus(settings.duration(Setting.DRAIN_TURNS));
    while (runner.runningTurns() > 0 && Instant.now().isBefore(until)) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    sweep.stop();
    if (runner.runningTurns() > 0) {
      LOG.infof("TIDE0308 Handing on %d turns.", runner.runningTurns());
      runner.handOnAll();
    }
  }
}
