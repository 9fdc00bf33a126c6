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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Lets the records of readers, refusals and administrative acts go when they are old, and tickets
 * that nobody spent, some thousand a transaction.
 */
@ApplicationScoped
public class RecordCleanup {
  private static final Logger LOG = Logger.getLogger(RecordCleanup.class);
  private static final int MAX_OF_A_TRANSACTION = 5_000;
  private static final int MAX_TRANSACTIONS = 20;

  @Inject Settings settings;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.every(
        "record cleanup", settings.get(RetentionSettings.PURGE_EVERY), this::forget);
  }

  private void forget() {
    if (node.refusal().isPresent()) {
      return;
    }
    try (Connection connection = dataSource.getConnection()) {
      forget(connection, "select tidemark.forget_records(make_interval(days => ?), ?)");
      forget(connection, "select tidemark.forget_admin_records(make_interval(days => ?), ?)");
      forgetEnded(connection, "select tidemark.forget_tickets(?)");
      forgetEnded(connection, "select tidemark.forget_publications(?)");
    } catch (SQLException e) {
      LOG.warnf(
          "TIDE0213 Old records could not be removed, which is tried again: %s", e.getMessage());
    }
  }

  private void forget(Connection connection, String function) throws SQLException {
    try (PreparedStatement call = connection.prepareStatement(function)) {
      call.setInt(1, settings.get(RetentionSettings.RECORD_DAYS));
      call.setInt(2, MAX_OF_A_TRANSACTION);
      repeat(call);
    }
  }

  /** What is of no use any more, whatever its age. */
  private static void forgetEnded(Connection connection, String function) throws SQLException {
    try (PreparedStatement call = connection.prepareStatement(function)) {
      call.setInt(1, MAX_OF_A_TRANSACTION);
      repeat(call);
    }
  }

  /** Until there is nothing left to do, or as often as is enough for once. */
  private static void repeat(PreparedStatement call) throws SQLException {
    long rows = 1;
    for (int i = 0; i < MAX_TRANSACTIONS && rows > 0; i++) {
      try (ResultSet done = call.executeQuery()) {
        done.next();
        rows = done.getLong(1);
      }
    }
  }
}
