package dev.tidemark.testing.faults;

import dev.tidemark.ops.NodeNotification;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

/** The {@link Storm} in the loop that listens, a step of which ends only when something fails. */
@ApplicationScoped
public class ErringListener {
  private static final String LISTENER = "listener";

  @Inject Storm storm;

  void notified(@Observes NodeNotification event) {
    storm.strike(LISTENER);
    storm.hasRun(LISTENER);
  }
}
