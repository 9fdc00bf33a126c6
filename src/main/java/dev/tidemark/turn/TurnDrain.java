package dev.tidemark.turn;

import dev.tidemark.config.NodeSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/** Lets the turns of a draining node finish for a while, then hands them on to another node. */
@ApplicationScoped
public class TurnDrain {
  private static final Logger LOG = Logger.getLogger(TurnDrain.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  @Inject TurnRunner runner;
  @Inject Settings settings;

  /** The longest time that {@link #finish} may take while the database answers. */
  public Duration longest() {
    return settings.get(NodeSettings.DRAIN_TURNS).plus(settings.get(TurnSettings.ABORT_GRACE));
  }

  /** Whether no turn runs here. */
  public boolean isIdle() {
    return runner.isIdle();
  }

  /**
   * Waits until no turn runs here. Turns that go on for too long end as interrupted.
   *
   * @param wanted whether the node is still to be drained; if not, the turns are left alone
   */
  public void finish(BooleanSupplier wanted) {
    awaitIdle(settings.get(NodeSettings.DRAIN_TURNS), wanted);
    if (wanted.getAsBoolean() && !runner.isIdle()) {
      LOG.infof("TIDE0308 Handing on %d turns.", runner.runningTurns());
      runner.handOnAll();
      awaitIdle(settings.get(TurnSettings.ABORT_GRACE), wanted);
    }
  }

  private void awaitIdle(Duration time, BooleanSupplier wanted) {
    long until = System.nanoTime() + time.toNanos();
    while (!runner.isIdle() && wanted.getAsBoolean() && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
  }
}
