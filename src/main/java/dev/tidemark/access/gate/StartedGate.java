package dev.tidemark.access.gate;

import jakarta.servlet.ServletContext;
import java.util.Optional;

/**
 * What the handlers before the server's authentication use of the application. They exist before
 * it, and find this in the servlet context once it has started.
 *
 * @param heads what can be wrong with the head of a request
 * @param failures which logins have failed
 * @param throttled which callers have to wait
 * @param bodies what receives the bodies of the requests that are not refused
 */
record StartedGate(
    RequestHeads heads, FailedLogins failures, ThrottledCallers throttled, IncomingBodies bodies) {
  private static final String ATTRIBUTE = StartedGate.class.getName();

  void publish(ServletContext context) {
    context.setAttribute(ATTRIBUTE, this);
  }

  /** Empty before the application has started. */
  static Optional<StartedGate> in(ServletContext context) {
    return Optional.ofNullable((StartedGate) context.getAttribute(ATTRIBUTE));
  }
}
