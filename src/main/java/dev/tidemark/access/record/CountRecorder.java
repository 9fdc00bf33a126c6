package dev.tidemark.access.record;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.PooledConnection;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Records what was counted, one batch at a time, at intervals, so that nobody waits for the record.
 * While the database is away, counting goes on in the same bounded memory.
 *
 * @param <B> a batch of counts
 */
abstract class CountRecorder<B> {
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  /** Taken out, perhaps written; tried again until the outcome is known. Guarded by this. */
  private B unwritten;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.every(jobName(), settings.get(AccessSettings.RECORD_EVERY), this::writeIfUsable);
  }

  void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
    writeIfUsable();
  }

  private void writeIfUsable() {
    if (!node.isStorageAway()) {
      write();
    }
  }

  /**
   * The clock is read before the counts are taken out, so that none from before that time is
   * missing. A retry says nothing of completeness: more has been counted meanwhile.
   */
  private synchronized void write() {
    if (unwritten == null && !isDue()) {
      return;
    }
    try {
      Runnable afterCommit = PooledConnection.transaction(dataSource, this::write);
      unwritten = null;
      afterCommit.run();
    } catch (SQLException e) {
      retry(e);
    }
  }

  /** Returns what is to be done after the commit: to tell what the database has refused. */
  private synchronized Runnable write(Connection connection) throws SQLException {
    CountSql statements = CountSql.begin(connection, settings.nodeName());
    boolean complete = unwritten == null;
    if (complete) {
      unwritten = take();
    }
    B refused = insert(statements, unwritten, complete);
    return () -> statements.refusal().ifPresent(reason -> lost(reason, refused));
  }

  abstract String jobName();

  /** Whether there is anything to write. */
  abstract boolean isDue();

  /** Removes and returns what was counted. */
  abstract B take();

  /**
   * Inserts a batch; rows inserted before are skipped. {@code complete}: nothing else waits.
   * Returns the rows that the database refuses for their values.
   */
  abstract B insert(CountSql statements, B batch, boolean complete) throws SQLException;

  /** Logs that a batch could not be written and is tried again. */
  abstract void retry(SQLException failure);

  /** Logs and counts rows that will never be written. */
  abstract void lost(SQLException failure, B batch);
}
