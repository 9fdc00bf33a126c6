package dev.tidemark.retention;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.RetentionSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Removes records that are older than {@code tidemark.retention.record-days} (joins, reads,
 * resyncs, leaves, refusals, sign-ins, past revocations, administrators' actions), and tickets and
 * producers' ids that have ended. Before that it has the records of each day that is over digested,
 * so that a row that goes missing otherwise is found. Records are no part of the log, whose events
 * only the {@link Purge} moves.
 */
@ApplicationScoped
public class RecordCleanup {
  private static final Logger LOG = Logger.getLogger(RecordCleanup.class);
  private static final int MAX_ROWS = 5_000;

  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  private final KeptOut keptOut = new KeptOut();
  private boolean failed;
  private volatile Instant finished = Instant.now();

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    metrics.gauge(Metric.CLEANUP_FINISHED, () -> finished.getEpochSecond());
    backgroundJobs.everyAtLeisure(
        "record cleanup", settings.get(RetentionSettings.PURGE_EVERY), this::forget);
  }

  private interface Step {
    /** Returns false if somebody else has the lock. */
    boolean isDone(RecordCleanupSql records) throws SQLException;
  }

  @SuppressWarnings("try") // what is allowed is only there
  private void forget() {
    if (node.refusal().isPresent()) {
      return;
    }
    int days = settings.get(RetentionSettings.RECORD_DAYS);
    try (Connection connection = dataSource.getConnection();
        LongStatements allowed = LongStatements.on(connection)) {
      RecordCleanupSql records = new RecordCleanupSql(connection, MAX_ROWS);
      failed = false;
      boolean hadLocks = step(records, RecordCleanup::notDigested, RecordCleanupSql::prove);
      hadLocks &= step(records, RecordCleanup::notRemoved, of -> of.forgetRecords(days));
      hadLocks &= step(records, RecordCleanup::notRemoved, of -> of.forgetAdminRecords(days));
      hadLocks &= step(records, RecordCleanup::notRemoved, RecordCleanupSql::forgetTickets);
      hadLocks &= step(records, RecordCleanup::notRemoved, RecordCleanupSql::forgetLogins);
      hadLocks &= step(records, RecordCleanup::notRemoved, RecordCleanupSql::forgetPublications);
      if (hadLocks) {
        keptOut.end();
      }
      if (!failed && (hadLocks || !isKeptOut(records))) {
        finished = Instant.now();
      }
    } catch (SQLException e) {
      notRemoved(e);
    }
  }

  /** Where one fails the others are done all the same: a table that only grows helps nobody. */
  private boolean step(RecordCleanupSql records, Consumer<SQLException> told, Step step) {
    try {
      return step.isDone(records);
    } catch (SQLException e) {
      failed = true;
      told.accept(e);
      return true;
    }
  }

  private static void notDigested(SQLException failure) {
    LOG.warnf(
        "TIDE0216 The records of past days could not be digested, which is tried again: %s",
        failure.getMessage());
  }

  private static void notRemoved(SQLException failure) {
    LOG.warnf(
        "TIDE0213 Old records could not be removed, which is tried again: %s",
        failure.getMessage());
  }

  /** Not if the locks change hands: then another node does the work. */
  private boolean isKeptOut(RecordCleanupSql records) throws SQLException {
    boolean isSame = keptOut.again(records.lockHolders(), System.nanoTime());
    Set<String> holders = keptOut.forLong(System.nanoTime());
    if (!holders.isEmpty()) {
      LOG.warnf(
          "TIDE0220 The clean-up of records is kept from its work by %s: see audit.locks.",
          String.join(", ", holders));
    }
    return isSame;
  }
}
