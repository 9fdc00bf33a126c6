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
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Appends the contents of its backlog, batch after batch, on at most one thread at a time: while
 * one batch is being committed, the next one gathers. There is no timer.
 */
final class Writer {
  private static final Logger LOG = Logger.getLogger(Writer.class);

  /** The time for which an idle writer keeps its thread and connection: the next token is near. */
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** The greatest number of appends of a batch whose latency is taken. */
  private static final int MEASURED = 8;

  private final Backlog backlog;
  private final DataSource dataSource;
  private final Executor executor;
  private final int batchEvents;
  private final long batchBytes;
  private final Consumer<Appended> announce;
  private final Metrics metrics;
  private final KnownHeads known = new KnownHeads(System::nanoTime);

  Writer(
      Backlog backlog,
      DataSource dataSource,
      Executor executor,
      int batchEvents,
      long batchBytes,
      Consumer<Appended> announce,
      Metrics metrics) {
    this.backlog = backlog;
    this.dataSource = dataSource;
    this.executor = executor;
    this.batchEvents = batchEvents;
    this.batchBytes = batchBytes;
    this.announce = announce;
    this.metrics = metrics;
  }

  /**
   * Puts an append in line.
   *
   * @throws LogBusyException if there is no room
   */
  void append(Append append) {
    if (backlog.offer(append)) {
      try {
        executor.execute(() -> work(LINGER_NANOS));
      } catch (RejectedExecutionException e) {
        work(0); // a server that is being suspended gives no threads; turns still end on theirs
      }
    }
  }

  private void work(long lingerNanos) {
    try {
      while (writeAll(lingerNanos)) {
        // Once more, on another connection.
      }
    } catch (SQLException | RuntimeException e) {
      giveUp(backlog.abandon(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp(backlog.abandon(), e);
    }
  }

  /**
   * @return whether there may be more to write, but not on this connection; false if the writer has
   *     ended
   */
  private boolean writeAll(long lingerNanos) throws SQLException, InterruptedException {
    Connection connection = dataSource.getConnection();
    try {
      connection.setAutoCommit(false);
      return writeAll(connection, lingerNanos);
    } finally {
      close(connection);
    }
  }

  /** There may be a next writer by now, so a failure to close must not touch the backlog. */
  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException | RuntimeException e) {
      LOG.debugf("TIDE0104 A writer's connection could not be closed: %s", e.getMessage());
    }
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
   * @param unsent the appends that were not sent because the connection failed, in order
   */
  private record Remainder(
      boolean proven, boolean busy, List<Append> locked, List<Append> unsent) {}

  /** Writes until nothing is left (false) or the connection is of no more use (true). */
  private boolean writeAll(Connection connection, long lingerNanos) throws InterruptedException {
    boolean proven = false;
    while (true) {
      boolean busy = proven && backlog.isReady();
      List<Append> batch = backlog.take(batchEvents, batchBytes, lingerNanos);
      if (batch.isEmpty()) {
        return false;
      }
      Remainder remainder = new Remainder(proven, busy, new ArrayList<>(), new ArrayList<>());
      proven = write(connection, batch, remainder);
      backlog.putBack(remainder.unsent());
      // After putBack: unsent appends stay behind the locked ones of their session.
      backlog.park(remainder.locked());
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
        boolean again = remainder.proven() && !commit.mayBeCommitted();
        return again ? leave(batch, remainder) : giveUp(batch, e);
      }
      if (batch.size() == 1) {
        giveUp(batch, e);
        return true;
      }
      int half = batch.size() / 2;
      List<Append> second = batch.subList(half, batch.size());
      return write(connection, batch.subList(0, half), remainder)
          ? write(connection, second, remainder)
          : leave(second, remainder);
    }
    remainder.locked().addAll(commit.outcome().locked());
    tell(commit.outcome());
    return true;
  }

  private static boolean leave(List<Append> unsent, Remainder remainder) {
    remainder.unsent().addAll(unsent);
    return false;
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
    backlog.putBack(outcome.deferred());
    backlog.settled(outcome.written().stream().map(Share::append).toList());
    backlog.settled(List.copyOf(outcome.refused().keySet()));
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
    } catch (RuntimeException e) {
      LOG.error("TIDE0102 A listener for appends failed; the events are committed.", e);
    }
  }

  private boolean giveUp(List<Append> appends, Exception why) {
    backlog.settled(appends);
    appends.forEach(append -> append.done().completeExceptionally(new LogFailedException(why)));
    return false;
  }

  int waitingEvents() {
    return backlog.events();
  }

  /** The share of its backlog that is taken. */
  double taken() {
    return backlog.taken();
  }

  int parkedSessions() {
    return backlog.parkedSessions();
  }
}
