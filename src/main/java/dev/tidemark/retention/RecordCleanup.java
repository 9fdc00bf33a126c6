package dev.tidemark.retention;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.RetentionSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Node;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
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
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.everyAtLeisure(
        "record cleanup", settings.get(RetentionSettings.PURGE_EVERY), this::forget);
  }

  @SuppressWarnings("try") // what is allowed is only there
  private void forget() {
    if (node.refusal().isPresent()) {
      return;
    }
    try (Connection connection = dataSource.getConnection();
        LongStatements allowed = LongStatements.on(connection)) {
      RecordCleanupSql records = new RecordCleanupSql(connection, MAX_ROWS);
      prove(records);
      records.forgetOlderThan(settings.get(RetentionSettings.RECORD_DAYS));
      records.forgetEnded();
    } catch (SQLException e) {
      LOG.warnf(
          "TIDE0213 Old records could not be removed, which is tried again: %s", e.getMessage());
    }
  }

  /** Where it fails, old records go all the same: a table that only grows makes it no easier. */
  private static void prove(RecordCleanupSql records) {
    try {
      records.prove();
    } catch (SQLException e) {
      LOG.warnf(
          "TIDE0216 The records of past days could not be digested, which is tried again: %s",
          e.getMessage());
    }
  }
}
