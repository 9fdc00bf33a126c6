package dev.tidemark.session;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.concurrent.BoundedBuffer;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.PooledConnection;
import dev.tidemark.session.DeliveryRecord.Progress;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Records how far the clients of this node were sent their sessions, when they resynced and when
 * they left: all clients together, at intervals. Nothing is written for a single event or frame;
 * leaves and resyncs are buffered and written with the rest. If the database cannot take them, they
 * wait, up to a limit.
 */
@ApplicationScoped
public class DeliveryRecorder {
  private static final Logger LOG = Logger.getLogger(DeliveryRecorder.class);
  private static final int MAX_WAITING = 100_000;
  private static final int MAX_OF_A_STATEMENT = 5_000;

  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  private final Map<DeliveryRecord, Supplier<Progress>> here = new ConcurrentHashMap<>();
  private final BoundedBuffer<DeliveryRecordSql.Leave> leaves = new BoundedBuffer<>(MAX_WAITING);
  private final BoundedBuffer<DeliveryRecordSql.Resync> resyncs = new BoundedBuffer<>(MAX_WAITING);

  /** The last recorded progress of each client here. Guarded by this, as is writing itself. */
  private final Map<DeliveryRecord, Progress> written = new HashMap<>();

  @PostConstruct
  void prepare() {
    metrics.gauge(Metric.RECORDS_WAITING, () -> leaves.size() + resyncs.size());
  }

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.every(
        "delivery records", settings.get(AccessSettings.RECORD_EVERY), this::writeIfUsable);
  }

  /** Records that the remaining clients leave with the node. */
  void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
    here.keySet().forEach(deliveryRecord -> leave(deliveryRecord, LeaveReason.STOPPED));
    if (!node.isStorageAway()) {
      write(true);
    }
  }

  /**
   * Begins to record a client.
   *
   * @param progress gives the client's progress; does not wait
   */
  public void enter(DeliveryRecord deliveryRecord, Supplier<Progress> progress) {
    here.put(deliveryRecord, progress);
  }

  /** Records that a client has left; it is sent nothing more. Only the first call counts. */
  public void leave(DeliveryRecord deliveryRecord, LeaveReason leaveReason) {
    Supplier<Progress> progress = here.remove(deliveryRecord);
    if (progress != null
        && !leaves.add(
            new DeliveryRecordSql.Leave(
                deliveryRecord, leaveReason, progress.get(), System.nanoTime()))) {
      metrics.count(Metric.RECORDS_LOST, 1, "leave");
    }
  }

  /** Records that a client has been sent a snapshot. Does not wait. */
  public void resynced(DeliveryRecord deliveryRecord, ResyncRecord resyncRecord) {
    if (!resyncs.add(
        new DeliveryRecordSql.Resync(deliveryRecord, resyncRecord, System.nanoTime()))) {
      metrics.count(Metric.RECORDS_LOST, 1, "resync");
    }
  }

  private void writeIfUsable() {
    if (!node.isStorageAway()) {
      write(false);
    }
  }

  private synchronized void write(boolean stopping) {
    try {
      PooledConnection.transaction(dataSource, connection -> write(connection, stopping)).run();
    } catch (SQLException | RuntimeException e) {
      failed(e);
    }
  }

  /**
   * Reads progress after the clock, so that it is no older than its time, and then the leaves so
   * far. What was written is done with only after the commit: written twice, it is there once.
   *
   * @return what is to be done after the commit
   */
  private Runnable write(Connection connection, boolean stopping) throws SQLException {
    var statements = DeliveryRecordSql.begin(connection, settings.nodeName());
    Map<DeliveryRecord, Progress> moved = moved();
    List<DeliveryRecordSql.Leave> gone = leaves.all();
    List<DeliveryRecordSql.Resync> begun = resyncs.all();
    int resyncsLost = 0;
    int leavesLost = 0;
    for (var some : parts(begun)) {
      resyncsLost += statements.resyncs(some).size();
    }
    for (var some : parts(new ArrayList<>(moved.entrySet()))) {
      var unused = statements.progress(some);
    }
    for (var some : parts(gone)) {
      leavesLost += statements.leaves(some).size();
    }
    statements.seen(
        settings.get(AccessSettings.RECORD_EVERY).toMillis(),
        leaves.refused() + leavesLost,
        stopping);
    int lostLeaves = leavesLost;
    int lostResyncs = resyncsLost;
    return () -> {
      resyncs.done(begun.size());
      leaves.done(gone.size());
      leaves.lost(lostLeaves);
      statements.refusal().ifPresent(reason -> lost(reason, lostLeaves, lostResyncs));
      written.putAll(moved);
      written.keySet().retainAll(here.keySet());
    };
  }

  private Map<DeliveryRecord, Progress> moved() {
    Map<DeliveryRecord, Progress> moved = new HashMap<>();
    here.forEach(
        (deliveryRecord, progress) -> {
          Progress now = progress.get();
          Progress before = written.get(deliveryRecord);
          if (before == null || now.isNewsAfter(before)) {
            moved.put(deliveryRecord, now);
          }
        });
    return moved;
  }

  private static <T> List<List<T>> parts(List<T> rows) {
    List<List<T>> parts = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += MAX_OF_A_STATEMENT) {
      parts.add(rows.subList(from, Math.min(rows.size(), from + MAX_OF_A_STATEMENT)));
    }
    return parts;
  }

  /**
   * Drops the buffered records after a defect, which would keep all later ones from being written.
   */
  private void failed(Exception failure) {
    if (failure instanceof SQLException) {
      LOG.warnf(
          "TIDE0211 The progress of clients could not be recorded; the next interval tries again: %s",
          failure.getMessage());
      return;
    }
    lost(failure, leaves.dropAll(), resyncs.dropAll());
  }

  private void lost(Exception failure, int leavesLost, int resyncsLost) {
    metrics.count(Metric.RECORDS_LOST, leavesLost, "leave");
    metrics.count(Metric.RECORDS_LOST, resyncsLost, "resync");
    LOG.errorf(
        failure,
        "TIDE0212 The progress of clients could not be recorded; %d leaves and %d resyncs are lost.",
        leavesLost,
        resyncsLost);
  }
}
