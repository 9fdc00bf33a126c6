package dev.tidemark.socket;

import dev.tidemark.ops.Node;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/**
 * Drains the node whenever the server takes it out of service: before a suspend, and before the
 * application stops. A suspend comes first in every ordinary stop of the server, but by default the
 * server gives it no time, so the stop of the application then waits for the same drain.
 */
@ApplicationScoped
public class ServerStop implements ServerSuspension.Activity {
  private static final Logger LOG = Logger.getLogger(ServerStop.class);

  @Inject Drain drain;
  @Inject Node node;

  private volatile Runnable leave = () -> {};

  /** Completes when the stop has drained the node; null before the stop. Guarded by this. */
  private CompletableFuture<Void> stopped;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    var unused =
        ServerSuspension.join(this)
            .thenAccept(joined -> joined.ifPresentOrElse(way -> leave = way, ServerStop::warn));
  }

  private static void warn() {
    LOG.warn(
        "TIDE0209 The application cannot take part in the suspend of this server, which will close"
            + " all sockets at once with 1001. Drain the node before you stop the server.");
  }

  /** Must not fail: the server would give up its stop. */
  @Override
  public CompletionStage<Void> suspending() {
    try {
      node.suspending();
      return drain.whenEmpty();
    } catch (RuntimeException | Error e) {
      LOG.error("TIDE0214 The drain could not begin; the server stops without it.", e);
      return CompletableFuture.completedFuture(null);
    }
  }

  @Override
  public void suspended() {
    node.suspended();
  }

  @Override
  public void resumed() {
    node.resumed();
    drain.cancel();
  }

  /** Drains the node for good, and waits for it; the first call drains, all wait. */
  void stop() {
    CompletableFuture<Void> drained;
    synchronized (this) {
      if (stopped == null) {
        leaveSuspends();
        node.drain();
        stopped = drain.whenEmpty();
      }
      drained = stopped;
    }
    drained.join();
  }

  /** A resume that is still to come must not end this drain. */
  private void leaveSuspends() {
    try {
      leave.run();
    } catch (RuntimeException e) {
      LOG.debug("TIDE0215 The application could not leave the suspends of the server.", e);
    }
  }
}
