package dev.tidemark.log;

import dev.tidemark.concurrent.Watched;
import dev.tidemark.ops.PooledConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Appends the contents of its backlog, batch after batch, on at most one thread at a time: while
 * one batch is being committed, the next one gathers. There is no timer.
 *
 * <p>No failure ends it for good. What it had in hand fails, so that the callers ask and try again,
 * and it goes on with the rest; without a connection all that waits fails, and the next append
 * starts it anew.
 */
final class Writer implements Watched {
  private static final Logger LOG = Logger.getLogger(Writer.class);

  /** The time for which an idle writer keeps its thread and connection: the next token is near. */
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Backlog backlog;
  private final DataSource dataSource;
  private final Executor executor;
  private final BatchWriter batchWriter;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  Writer(Backlog backlog, DataSource dataSource, Executor executor, BatchWriter batchWriter) {
    this.backlog = backlog;
    this.dataSource = dataSource;
    this.executor = executor;
    this.batchWriter = batchWriter;
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
      } catch (RuntimeException | Error e) {
        // A server that is being suspended gives no threads; turns still end on theirs.
        work(0);
      }
    }
  }

  @Override
  public void revive() {
    if (backlog.claimWriter()) {
      try {
        executor.execute(() -> work(LINGER_NANOS));
      } catch (RuntimeException | Error e) {
        backlog.endWriter();
      }
    }
  }

  private void work(long lingerNanos) {
    boolean ended = false;
    try {
      threads.add(Thread.currentThread());
      failLeftBehind();
      while (writeAll(lingerNanos)) {
        // Once more, on another connection.
      }
      ended = true;
    } finally {
      threads.remove(Thread.currentThread());
      if (!ended) {
        backlog.endWriter(); // no memory even to fail what was in hand: the next one does it
      }
    }
  }

  private void failLeftBehind() {
    List<Append> left = backlog.unfinished();
    if (!left.isEmpty()) {
      backlog.fail(left, new Error("The writer ended before it could tell."));
    }
  }

  /**
   * Writes all there is; returns whether there may be more to write, but not on this connection.
   */
  private boolean writeAll(long lingerNanos) {
    try {
      return writeOnOne(lingerNanos);
    } catch (SQLException | RuntimeException e) {
      backlog.abandon(e);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      backlog.abandon(e);
      return false;
    } catch (Error e) {
      List<Append> inHand = backlog.unfinished();
      LOG.errorf(
          e,
          "TIDE0107 A writer failed unexpectedly; %d appends are to be sent again.",
          inHand.size());
      if (inHand.isEmpty()) {
        backlog.abandon(e); // it would get no further the next time
      }
      backlog.fail(inHand, e);
      return !inHand.isEmpty();
    }
  }

  /**
   * @return whether there may be more to write, but not on this connection; false if the writer has
   *     ended
   */
  private boolean writeOnOne(long lingerNanos) throws SQLException, InterruptedException {
    Connection connection = dataSource.getConnection();
    try {
      connection.setAutoCommit(false);
      return batchWriter.writeAll(connection, lingerNanos);
    } catch (Error e) {
      PooledConnection.discard(connection);
      throw e;
    } finally {
      close(connection);
    }
  }

  /** There may be a next writer by now, so a failure to close must not touch the backlog. */
  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException | RuntimeException | Error e) {
      LOG.debugf("TIDE0104 A writer's connection could not be closed: %s", e.getMessage());
    }
  }

  @Override
  public long stillNanos() {
    return backlog.stillNanos();
  }

  @Override
  public Set<Thread> threads() {
    return threads;
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
