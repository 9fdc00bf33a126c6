package dev.tidemark.log;

import dev.tidemark.log.GroupOutcome.Share;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Writes the batches of a backlog on a connection, and tells of them. Used by one thread at a time.
 */
final class BatchWriter {
  private static final Logger LOG = Logger.getLogger(BatchWriter.class);

  /** The greatest number of appends of a batch whose latency is taken. */
  private static final int MEASURED = 8;

  private final Backlog backlog;
  private final int batchEvents;
  private final long batchBytes;
  private final Consumer<Appended> announce;
  private final Metrics metrics;
  private final KnownHeads known = new KnownHeads(System::nanoTime);

  BatchWriter(
      Backlog backlog,
      int batchEvents,
      long batchBytes,
      Consumer<Appended> announce,
      Metrics metrics) {
    this.backlog = backlog;
    this.batchEvents = batchEvents;
    this.batchBytes = batchBytes;
    this.announce = announce;
    this.metrics = metrics;
  }

  /**
   * The state of the connection before a batch, and the appends left to the next batch.
   *
   * @param proven whether the connection has carried a batch before. It may have died since, while
   *     the writer lingered, so a batch that is certainly not committed is worth another
   *     connection; on a new connection that would only repeat the failure
   * @param busy whether this batch was waiting already when the one before ended, so that the
   *     connection has had no time to die unseen
   * @param locked the appends that have to wait for their session's lock. They keep later appends
   *     of their session from overtaking, should the lock be free by now
   */
  private record Remainder(boolean proven, boolean busy, List<Append> locked) {}

  /** Writes until nothing is left (false) or the connection is of no more use (true). */
  boolean writeAll(Connection connection, long lingerNanos) throws InterruptedException {
    boolean proven = false;
    while (true) {
      boolean busy = proven && backlog.isReady();
      List<Append> batch = backlog.take(batchEvents, batchBytes, lingerNanos);
      if (batch.isEmpty()) {
        return false;
      }
      Remainder remainder = new Remainder(proven, busy, new ArrayList<>());
      proven = write(connection, batch, remainder);
      backlog.putBack(remainder.locked()); // with what was deferred, or not sent
      if (!proven) {
        return true;
      }
    }
  }

  /**
   * Writes a batch. If the database refuses it, each half is tried alone, so that in the end only
   * the append that cannot be written fails. If the connection failed, perhaps during the commit,
   * the outcome is unknown: all callers are told so, and ask before they try again. If a proven
   * connection failed before that, no caller is told.
   *
   * @return whether the connection is still good
   */
  private boolean write(Connection connection, List<Append> whole, Remainder remainder) {
    List<Append> batch = withoutThoseBehind(remainder.locked(), whole);
    if (batch.isEmpty()) {
      return true;
    }
    GroupCommit commit = new GroupCommit(connection, known);
    long begun = System.nanoTime();
    try {
      commit.run(batch, remainder.busy());
      metrics.record(Metric.COMMIT, System.nanoTime() - begun);
    } catch (SQLException | RuntimeException e) {
      if (StorageFailure.isTransient(e) || !rolledBack(connection)) {
        if (!remainder.proven() || commit.mayBeCommitted()) {
          backlog.fail(batch, e);
        }
        return false;
      }
      if (batch.size() == 1) {
        backlog.fail(batch, e);
        return true;
      }
      int half = batch.size() / 2;
      return write(connection, batch.subList(0, half), remainder)
          && write(connection, batch.subList(half, batch.size()), remainder);
    }
    remainder.locked().addAll(commit.outcome().locked());
    tell(commit.outcome());
    return true;
  }

  private static List<Append> withoutThoseBehind(List<Append> locked, List<Append> batch) {
    if (locked.isEmpty()) {
      return batch;
    }
    Set<Long> sessions = locked.stream().map(Append::sessionKey).collect(Collectors.toSet());
    Map<Boolean, List<Append>> behind =
        batch.stream()
            .collect(Collectors.partitioningBy(append -> sessions.contains(append.sessionKey())));
    locked.addAll(behind.get(true));
    return behind.get(false);
  }

  private static boolean rolledBack(Connection connection) {
    try {
      connection.rollback();
      return true;
    } catch (SQLException e) {
      LOG.debugf("TIDE0103 A failed batch could not be rolled back: %s", e.getMessage());
      return false;
    }
  }

  /** After the commit, tells the listeners first, then the callers that wait. */
  private void tell(GroupOutcome outcome) {
    outcome.appended().forEach(event -> announced(() -> announce.accept(event)));
    outcome
        .writtenByParticipant()
        .forEach((participant, written) -> announced(() -> participant.committed(written)));
    backlog.settle(outcome.written().stream().map(Share::append).toList());
    backlog.settle(outcome.refused().keySet());
    metrics.count(Metric.LOG_BATCHES, 1);
    metrics.count(
        Metric.EVENTS_APPENDED,
        outcome.appended().stream().mapToLong(a -> a.events().size()).sum());
    measure(outcome.written());
    outcome.written().forEach(share -> share.append().done().complete(share.events()));
    outcome.refused().forEach((append, why) -> append.done().completeExceptionally(why));
  }

  /** Takes the latencies of some appends of a batch: taking hundreds would delay all of them. */
  private void measure(List<Share> written) {
    long now = System.nanoTime();
    int step = 1 + (written.size() - 1) / MEASURED;
    for (int i = 0; i < written.size(); i += step) {
      metrics.record(Metric.APPEND, now - written.get(i).append().requestedNanos());
    }
  }

  /** A listener that fails must not keep the callers from being told. */
  private static void announced(Runnable telling) {
    try {
      telling.run();
    } catch (RuntimeException | Error e) {
      LOG.error("TIDE0102 A listener for appends failed; the events are committed.", e);
    }
  }
}
