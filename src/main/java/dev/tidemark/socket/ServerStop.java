package dev.tidemark.socket;

import dev.tidemark.ops.Node;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Optional;
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

  // Guarded by this, of which no call of the server is made: it has locks of its own.
  private Runnable leave = () -> {};
  private boolean isSuspended;

  /** Completes when the stop has drained the node; null before the stop. */
  private CompletableFuture<Void> stopped;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    var unused = ServerSuspension.join(this).thenAccept(this::joined);
  }

  /**
   * Takes the way out of the suspends, which may come late: a stopped application leaves at once.
   */
  void joined(Optional<Runnable> way) {
    synchronized (this) {
      if (stopped == null) {
        leave = way.orElse(leave);
        way.ifPresentOrElse(joined -> {}, ServerStop::warn);
        return;
      }
    }
    way.ifPresent(ServerStop::leave);
  }

  private static void warn() {
    LOG.warn(
        "TIDE0209 The application cannot take part in the suspend of this server, which will close"
            + " all sockets at once with 1001. Drain the node before you stop the server.");
  }

  /** Must not fail: the server would give up its stop. */
  @Override
  public synchronized CompletionStage<Void> suspending() {
    try {
      isSuspended = true;
      node.suspending();
      return drain.whenEmpty();
    } catch (RuntimeException | Error e) {
      LOG.error("TIDE0214 The drain could not begin; the server stops without it.", e);
      return CompletableFuture.completedFuture(null);
    }
  }

  @Override
  public synchronized void suspended() {
    isSuspended = true;
    node.suspended();
  }

  /** Ends no drain but that of a suspend: the stop's is for good. */
  @Override
  public void resumed() {
    Runnable cancel;
    synchronized (this) {
      if (!isSuspended || stopped != null) {
        return;
      }
      isSuspended = false;
      node.resumed();
      cancel = drain.cancelling();
    }
    cancel.run(); // what the server does next is none of what this guards
  }

  /** Drains the node for good, and waits for it; the first call drains, all wait. */
  void stop() {
    CompletableFuture<Void> drained;
    try {
      drained = drained();
    } finally {
      leave(takeLeave());
    }
    drained.join();
  }

  private synchronized CompletableFuture<Void> drained() {
    if (stopped == null) {
      node.stopping();
      stopped = drain.whenEmpty();
    }
    return stopped;
  }

  private synchronized Runnable takeLeave() {
    Runnable way = leave;
    leave = () -> {};
    return way;
  }

  private static void leave(Runnable way) {
    try {
      way.run();
    } catch (RuntimeException e) {
      LOG.debug("TIDE0215 The application could not leave the suspends of the server.", e);
    }
  }
}
