package dev.tidemark.turn;

import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.log.Sender;
import dev.tidemark.ops.PooledConnection;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Renews the leases of turns, and finds lost and waiting turns, over all sessions. Waits for no
 * row. Its transactions are its own: the container logs an error with a trace for each of its own
 * that fails, as when the database goes away.
 */
@ApplicationScoped
public class TurnLeases {
  @Inject Settings settings;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  /**
   * Renews the leases of these turns, as far as they are still this node's. The caller passes only
   * turns that it really runs: a turn that it started unseen, because the database went away in
   * between, is found by its lease like that of a dead node. A turn whose row is held, because it
   * is being ended, is left out: the next run comes long before its lease ends.
   *
   * @return those turns that are still this node's, each with whether a client asked to abort it,
   *     perhaps on another node
   */
  public Map<UUID, Boolean> renewLeases(Collection<UUID> turnIds) {
    if (turnIds.isEmpty()) {
      return Map.of();
    }
    return inTransaction(
        connection -> {
          TurnSql.renew(connection, settings.nodeName(), settings.get(TurnSettings.LEASE), turnIds);
          return TurnSql.abortRequests(connection, settings.nodeName(), turnIds);
        });
  }

  /**
   * Turns whose node did not renew their lease in time, by the database's clock. After a pause of
   * the node or its database its own turns look lost until their leases are renewed.
   *
   * @param beingTaken turns that are left out
   * @param running turns that are left out if the lease is this node's
   */
  public List<Turn> lost(Collection<UUID> beingTaken, Collection<UUID> running) {
    return inTransaction(
        connection -> TurnSql.lost(connection, settings.nodeName(), beingTaken, running));
  }

  /** Sessions in which a turn is queued and none runs, of each sender as many as fit its line. */
  public List<TurnQueued> waiting() {
    int most = settings.get(TurnSettings.PLACES_OF_SENDER);
    return inTransaction(connection -> TurnQueueSql.waiting(connection, most));
  }

  /** The sender of a session's next turn; empty if none is queued or one runs. */
  public Optional<Sender> nextSender(long sessionKey) {
    return inTransaction(connection -> TurnQueueSql.nextSender(connection, sessionKey));
  }

  /** The number of queued turns, of all sessions. */
  public long queued() {
    return inTransaction(TurnQueueSql::count);
  }

  private <T> T inTransaction(PooledConnection.Work<T> work) {
    try {
      return PooledConnection.transaction(dataSource, work);
    } catch (SQLException e) {
      throw new PersistenceException(e.getMessage(), e);
    }
  }
}
