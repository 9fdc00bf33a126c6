package dev.tidemark.delivery;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.concurrent.ServerThreads;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.NodeNotification;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Listens for the wake-ups of other nodes, on a connection and a thread of its own, and polls in
 * case one was lost. Notifications on other channels are fired as events.
 */
@ApplicationScoped
public class NotificationListener {
  private static final Logger LOG = Logger.getLogger(NotificationListener.class);
  private static final int LISTEN_MILLIS = 500;
  private static final long RECONNECT_MILLIS = 500;

  /** A listener waits for nothing, so a connection that fell silent would never end. */
  private static final int PROBE_AFTER_WAITS = 20;

  private static final int PROBE_SECONDS = 5;

  @Inject WakeUpNotifier wakeUpNotifier;
  @Inject Feeds feeds;
  @Inject Settings settings;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;
  @Inject ServerThreads threads;
  @Inject Metrics metrics;
  @Inject Event<NodeNotification> notifications;

  @Resource(lookup = "java:jboss/datasources/tidemark-listen")
  DataSource dataSource;

  private final CountDownLatch stopped = new CountDownLatch(1);

  /** Used by the listening thread only. */
  private boolean hasLogged;

  private volatile boolean isListening;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    metrics.gauge(Metric.LISTENING, () -> isListening ? 1 : 0);
    threads.loop("listener", this::listenAndWait);
    backgroundJobs.every("head poll", settings.get(DeliverySettings.POLL), this::poll);
  }

  void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
    stopped.countDown();
  }

  /** Listens while it can, then waits a moment; returns whether to begin again. */
  private boolean listenAndWait() throws InterruptedException {
    try {
      if (!node.isStorageAway()) {
        listenOnce();
      }
    } catch (SQLException | RuntimeException e) {
      logOnce(e.getMessage());
    } finally {
      isListening = false;
    }
    return !stopped.await(RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Logs once each time that listening stops, not for each attempt to begin again. */
  private void logOnce(String reason) {
    if (hasLogged || stopped.getCount() == 0) {
      return;
    }
    hasLogged = true;
    LOG.infof("TIDE0405 Not listening for other nodes, polling meanwhile: %s", reason);
  }

  /**
   * Begins to listen, then reads all heads, then receives: a new listener has missed earlier
   * notifications, and its connection may be to another history.
   */
  private void listenOnce() throws SQLException, InterruptedException {
    try (Connection connection = dataSource.getConnection()) {
      NotificationSql.listen(connection, WakeUpNotifier.CHANNEL);
      NotificationSql.listen(connection, NodeNotification.REVOCATIONS);
      hasLogged = false;
      isListening = true;
      notifications.fire(new NodeNotification(NodeNotification.REVOCATIONS));
      poll();
      PGConnection postgres = connection.unwrap(PGConnection.class);
      for (int waits = 1; stopped.getCount() > 0; waits++) {
        PGNotification[] received = postgres.getNotifications(LISTEN_MILLIS);
        if (received != null && received.length > 0) {
          List.of(received).forEach(this::received);
        } else if (waits % PROBE_AFTER_WAITS == 0 && !connection.isValid(PROBE_SECONDS)) {
          throw new SQLException("The connection fell silent.");
        }
      }
    }
  }

  private void received(PGNotification notification) {
    if (notification.getName().equals(WakeUpNotifier.CHANNEL)) {
      wakeUpNotifier.received(notification.getParameter());
    } else {
      notifications.fire(new NodeNotification(notification.getName()));
    }
  }

  private void poll() {
    if (node.isStorageAway()) {
      return;
    }
    try {
      feeds.poll();
    } catch (RuntimeException e) {
      LOG.debugf(
          "TIDE0406 The heads could not be read, the next poll tries again: %s", e.getMessage());
    }
  }
}
