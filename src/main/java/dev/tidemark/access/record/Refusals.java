package dev.tidemark.access.record;

import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.wire.Problem;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Records refusals. A refusal is only counted at first; the counts are written in one statement at
 * intervals. While the database is away, counting goes on in the same bounded memory.
 */
@ApplicationScoped
public class Refusals {
  private static final Logger LOG = Logger.getLogger(Refusals.class);

  /** SQLSTATE 22: a value that the database will never accept. */
  private static final String BAD_VALUE = "22";

  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;
  @Inject CurrentCaller current;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  private RefusalCounter refusalCounter;

  /** Rows taken from the counter, perhaps written; retried until the outcome is known. */
  private List<RefusalCounter.Count> unwritten = List.of();

  @PostConstruct
  void prepare() {
    refusalCounter = new RefusalCounter(settings.get(AccessSettings.REFUSALS_KEPT));
  }

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.every(
        "refusals", settings.get(AccessSettings.RECORD_EVERY), this::writeIfUsable);
  }

  void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
    writeIfUsable();
  }

  /** Counts a refusal; never waits. */
  public void record(Refusal refusal) {
    metrics.count(Metric.REFUSALS, 1, refusal.code());
    if (!refusalCounter.add(refusal, System.nanoTime())) {
      metrics.count(Metric.REFUSALS_LUMPED, 1);
    }
  }

  /** Counts a refusal of the current request. */
  public void recordRequest(Problem problem) {
    record(Refusal.ofRequest(Refusal.Requester.of(current), "request", problem));
  }

  private void writeIfUsable() {
    if (!node.isStorageAway()) {
      write();
    }
  }

  private synchronized void write() {
    if (unwritten.isEmpty()) {
      unwritten = refusalCounter.take();
    }
    if (unwritten.isEmpty()) {
      return;
    }
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      RefusalSql.insert(connection, settings.nodeName(), unwritten);
      connection.commit();
      unwritten = List.of();
    } catch (SQLException e) {
      if (e.getSQLState() == null || !e.getSQLState().startsWith(BAD_VALUE)) {
        LOG.warnf(
            "TIDE0701 Refusals could not be recorded, which is tried again: %s", e.getMessage());
        return;
      }
      LOG.errorf(
          e, "TIDE0702 %d rows of refusals could not be recorded and are lost.", unwritten.size());
      metrics.count(Metric.RECORDS_LOST, unwritten.size(), "refusal");
      unwritten = List.of();
    }
  }
}
