package dev.tidemark.socket;

import dev.tidemark.concurrent.ServerThreads;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.NodeSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Node;
import dev.tidemark.turn.TurnDrain;
import dev.tidemark.wire.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * Empties the node: it takes no new clients and no new turns, and sends connected clients away one
 * by one. Each is told to come back after a time of its own, so that the other nodes do not get all
 * of them at once. A node that stops also waits until it is empty.
 */
@ApplicationScoped
public class Drain {
  /** The message to a client that has to come back to another node. */
  static final String MESSAGE = "This node is restarting. Come back with your cursor.";

  private static final Logger LOG = Logger.getLogger(Drain.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  /** The time for what a drain asks of the database, which may be away. */
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(10);

  @Inject Connections connections;
  @Inject TurnDrain turnDrain;
  @Inject Settings settings;
  @Inject Node node;
  @Inject ServerThreads threads;

  /** Completes when the node is empty or its time is over. Guarded by this. */
  private CompletableFuture<Void> emptied = CompletableFuture.completedFuture(null);

  void begin(@Observes Node.Draining event) {
    var all = connections.all();
    long spreadMillis = settings.get(NodeSettings.DRAIN_SPREAD).toMillis();
    LOG.infof(
        "TIDE0205 Draining: %d connections are sent away within %d ms.", all.size(), spreadMillis);
    for (Connection connection : all) {
      long delayMillis = spreadMillis == 0 ? 0 : ThreadLocalRandom.current().nextLong(spreadMillis);
      var unused =
          threads.after(Duration.ofMillis(delayMillis), () -> sendAway(connection, spreadMillis));
    }
  }

  private void sendAway(Connection connection, long spreadMillis) {
    if (!node.isDraining()) { // the server was resumed meanwhile
      return;
    }
    long maxSeconds = Math.max(1, TimeUnit.MILLISECONDS.toSeconds(spreadMillis));
    long retryAfterSeconds = ThreadLocalRandom.current().nextLong(1, maxSeconds + 1);
    var unused = connection.end(ErrorCode.RESTARTING, MESSAGE, OptionalLong.of(retryAfterSeconds));
  }

  /**
   * Waits, on another thread, until the clients of the draining node are gone and its turns have
   * ended or were handed on. Whoever asks while others wait gets the same result.
   *
   * @return completes after a bounded time, also if the database is away
   */
  synchronized CompletableFuture<Void> whenEmpty() {
    if (emptied.isDone()) {
      CompletableFuture<Void> mine = new CompletableFuture<>();
      // Not completeOnTimeout: the thread of the JDK that it starts keeps the application in
      // memory.
      var timeout = threads.after(longest(), () -> mine.complete(null));
      var unused = mine.whenComplete((empty, failure) -> timeout.cancel(false));
      threads.alone(() -> empty(mine));
      emptied = mine; // not before its end is certain
    }
    return emptied.copy(); // nobody else's to cancel
  }

  /**
   * Returns what ends the waiting of those who wait now: the node is not to be emptied any more. It
   * is to be run without a lock, because it runs what they do next.
   */
  synchronized Runnable cancelling() {
    CompletableFuture<Void> current = emptied;
    emptied = CompletableFuture.completedFuture(null); // who comes later waits for another drain
    return () -> current.complete(null);
  }

  private void empty(CompletableFuture<Void> mine) {
    long start = System.nanoTime();
    boolean wasEmpty = turnDrain.isIdle() && connections.all().isEmpty();
    try {
      turnDrain.finish(() -> !mine.isDone());
      while (!mine.isDone()
          && !connections.all().isEmpty()
          && System.nanoTime() - start < clientsLongest().toNanos()) {
        LockSupport.parkNanos(LOOK_EVERY.toNanos());
      }
      if (!mine.isDone() && !wasEmpty) {
        LOG.infof("TIDE0207 Drained; %d connections are left.", connections.all().size());
      }
    } catch (RuntimeException e) {
      LOG.error("TIDE0208 The drain failed; the node stops without it.", e);
    } finally {
      mine.complete(null);
    }
  }

  /** The spread, and then the last frame and the closing handshake of the last client. */
  private Duration clientsLongest() {
    return settings
        .get(NodeSettings.DRAIN_SPREAD)
        .plus(settings.get(DeliverySettings.LINGER).multipliedBy(2));
  }

  private Duration longest() {
    Duration turns = turnDrain.longest();
    Duration clients = clientsLongest();
    return (turns.compareTo(clients) > 0 ? turns : clients).plus(DATABASE_PATIENCE);
  }
}
