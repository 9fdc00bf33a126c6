package dev.tidemark.access.gate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;

/**
 * Publishes the {@link StartedGate} before the first request. The server makes a filter only for
 * the first request of its paths, so a filter would do it too late for all others.
 */
@ApplicationScoped
class GateStart {
  @Inject RequestHeads heads;
  @Inject FailedLogins failures;
  @Inject ThrottledCallers throttled;
  @Inject IncomingBodies bodies;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    if (event instanceof ServletContext context) {
      new StartedGate(heads, failures, throttled, bodies).publish(context);
    }
  }
}
