package dev.tidemark.access.record;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
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
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Records who signed in and who read by REST. Both are only counted at first, and written together
 * at intervals, so that nobody waits for the record: credentials come with each request of a
 * program. While the database is away, counting goes on in the same bounded memory.
 */
@ApplicationScoped
public class AccessRecorder {
  private static final Logger LOG = Logger.getLogger(AccessRecorder.class);

  /** SQLSTATE 22: a value that the database will never accept. */
  private static final String BAD_VALUE = "22";

  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  private final AtomicLong lost = new AtomicLong();
  private Tally<SignIn> signIns;
  private Tally<RestReading> restReadings;

  /** Taken out, perhaps written; retried until the outcome is known. Guarded by this. */
  private Taken unwritten = Taken.NOTHING;

  private record Taken(
      List<Tally.Count<SignIn>> signIns, List<Tally.Count<RestReading>> restReadings) {
    static final Taken NOTHING = new Taken(List.of(), List.of());

    boolean isEmpty() {
      return signIns.isEmpty() && restReadings.isEmpty();
    }
  }

  @PostConstruct
  void prepare() {
    signIns = new Tally<>(settings.get(AccessSettings.SIGN_INS_KEPT));
    restReadings = new Tally<>(settings.get(AccessSettings.SIGN_INS_KEPT));
  }

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.every(
        "access records", settings.get(AccessSettings.RECORD_EVERY), this::writeIfUsable);
  }

  void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
    writeIfUsable();
  }

  /** Counts a sign-in; never waits. */
  public void record(SignIn signIn) {
    if (!signIns.add(signIn, System.nanoTime())) {
      lost(1, "sign_in");
    }
  }

  /** Counts a read; never waits. */
  public void record(RestReading restReading) {
    if (!restReadings.add(restReading, System.nanoTime())) {
      lost(1, "rest_reading");
    }
  }

  private void lost(long count, String kind) {
    lost.addAndGet(count);
    metrics.count(Metric.RECORDS_LOST, count, kind);
  }

  private void writeIfUsable() {
    if (!node.isStorageAway()) {
      write();
    }
  }

  private synchronized void write() {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      write(connection);
      connection.commit();
      unwritten = Taken.NOTHING;
    } catch (SQLException e) {
      if (e.getSQLState() == null || !e.getSQLState().startsWith(BAD_VALUE)) {
        LOG.warnf(
            "TIDE0704 Sign-ins and reads could not be recorded, which is tried again: %s",
            e.getMessage());
        return;
      }
      int signInsLost = unwritten.signIns().size();
      int readsLost = unwritten.restReadings().size();
      LOG.errorf(
          e,
          "TIDE0705 %d rows of sign-ins and %d of reads could not be recorded and are lost.",
          signInsLost,
          readsLost);
      lost(signInsLost, "sign_in");
      lost(readsLost, "rest_reading");
      unwritten = Taken.NOTHING;
    }
  }

  /**
   * The clock is read before the counts are taken out, so that none from before that time is
   * missing. A retry says nothing of completeness: more has been counted meanwhile.
   */
  private void write(Connection connection) throws SQLException {
    var statements = AccessRecordSql.begin(connection, settings.nodeName());
    boolean retry = !unwritten.isEmpty();
    if (!retry) {
      unwritten = new Taken(signIns.take(), restReadings.take());
    }
    statements.signIns(unwritten.signIns());
    statements.restReadings(unwritten.restReadings());
    if (!retry) {
      statements.complete(lost.get());
    }
  }
}
