package dev.tidemark.access.revocation;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.NodeNotification;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Reads the revocations that this node does not know yet: at start and after every outage of the
 * database, before the node takes clients; after a hint; and at intervals, because hints may be
 * lost. Revocations are put into force before they are announced, so that a connection that opens
 * meanwhile is found by one or the other.
 */
@ApplicationScoped
public class RevocationPoller {
  private static final Logger LOG = Logger.getLogger(RevocationPoller.class);
  private static final long LOOK_MILLIS = 200;
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  @Inject Revocations revocations;
  @Inject Event<Revoked> revoked;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  private volatile boolean hinted;

  /** Used only by the reading job, which never runs twice at a time. */
  private long lastSeen;

  private long readNanos;

  /** The earliest time of the next read after a failed one. */
  private long notBeforeNanos = System.nanoTime();

  @PostConstruct
  void prepare() {
    metrics.gauge(Metric.REVOCATIONS, revocations::size);
  }

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    long everyMillis =
        Math.min(LOOK_MILLIS, settings.get(AccessSettings.REVOCATION_POLL).toMillis());
    backgroundJobs.every("revocations", Duration.ofMillis(everyMillis), this::readIfDue);
  }

  void heard(@Observes NodeNotification nodeNotification) {
    if (nodeNotification.channel().equals(NodeNotification.REVOCATIONS)) {
      hinted = true;
    }
  }

  private void readIfDue() {
    long nowNanos = System.nanoTime();
    if (node.isStorageAway() || nowNanos - notBeforeNanos < 0) {
      return;
    }
    if (hinted
        || node.isUnawareOfRevocations()
        || nowNanos - readNanos >= settings.get(AccessSettings.REVOCATION_POLL).toNanos()) {
      hinted = false; // a new hint causes another read from here on
      readNanos = nowNanos;
      try {
        read();
      } catch (RuntimeException | Error e) {
        tryAgain();
        throw e;
      }
    }
  }

  private void tryAgain() {
    hinted = true;
    notBeforeNanos = System.nanoTime() + RETRY_NANOS;
  }

  private void read() {
    long outages = node.outages();
    List<RevocationSql.Row> rows;
    try (Connection connection = dataSource.getConnection()) {
      rows = RevocationSql.since(connection, lastSeen);
    } catch (SQLException e) {
      LOG.warnf("TIDE0721 Revocations could not be read, which is tried again: %s", e.getMessage());
      tryAgain();
      return;
    }
    Map<RevocationTarget, Instant> issuedBefore = new HashMap<>();
    for (RevocationSql.Row row : rows) {
      revocations.add(row.target(), row.issuedBefore(), row.inForceFor());
      issuedBefore.merge(
          row.target(), row.issuedBefore(), (one, two) -> one.isAfter(two) ? one : two);
    }
    revocations.forgetEnded();
    if (!rows.isEmpty()) {
      revoked.fire(new Revoked(issuedBefore));
      lastSeen = rows.get(rows.size() - 1).id(); // a failure before this reads them again
    }
    node.revocationsRead(outages);
  }
}
