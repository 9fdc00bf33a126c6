package dev.tidemark.turn;

import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.log.EventLog;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Aborts turns, renews their leases, and finds lost and waiting turns, over all sessions. */
@Stateless
public class TurnLeases {
  @PersistenceContext EntityManager entities;
  @Inject EventLog log;
  @Inject Settings settings;
  @Inject Event<AbortRequested> abortRequested;

  /**
   * Requests the abort of the session's running turn, or of the next one if none is running yet: a
   * client that says stop right after a message means that message.
   *
   * @return id of the turn to be aborted; empty if there is none
   */
  public Optional<UUID> abort(long sessionKey, String reason) {
    log.lock(sessionKey);
    Optional<Turn> turn =
        entities
            .createQuery(
                """
                select t from Turn t where t.sessionKey = :key and t.status in ('running', 'queued')
                order by case when t.status = 'running' then 0 else 1 end, t.turnNumber""",
                Turn.class)
            .setParameter("key", sessionKey)
            .setMaxResults(1)
            .getResultStream()
            .findFirst();
    turn.ifPresent(
        found -> {
          if (found.abortRequestedAt == null) {
            found.abortRequestedAt = Instant.now();
            found.abortReason = reason;
          }
          abortRequested.fire(new AbortRequested(found.turnId));
        });
    return turn.map(found -> found.turnId);
  }

  /**
   * Renews the leases of these turns, as far as they are still this node's. The caller passes only
   * turns that it really runs: a turn that it started unseen, because the database went away in
   * between, is found by its lease like that of a dead node. Never waits for a turn that is being
   * ended: a batch that ends others with it may need a row that this transaction has renewed
   * already.
   *
   * @return ids of those turns that have an abort request, perhaps from another node
   */
  public List<UUID> renewLeases(Collection<UUID> turnIds) {
    if (turnIds.isEmpty()) {
      return List.of();
    }
    TurnSql.renew(entities, settings.nodeName(), settings.get(TurnSettings.LEASE), turnIds);
    return entities
        .createQuery(
            """
            select t.turnId from Turn t where t.turnId in :ids and t.status = 'running'
            and t.leaseOwner = :owner and t.abortRequestedAt is not null""",
            UUID.class)
        .setParameter("ids", turnIds)
        .setParameter("owner", settings.nodeName())
        .getResultList();
  }

  /** Turns whose node did not renew their lease in time, by the database's clock. */
  public List<Turn> lost() {
    return TurnSql.lost(entities);
  }

  /** Keys of sessions in which a turn is queued and none runs. */
  public List<Long> waiting() {
    return entities
        .createQuery(
            """
            select distinct t.sessionKey from Turn t where t.status = 'queued'
            and not exists (select 1 from Turn r where r.sessionKey = t.sessionKey and r.status = 'running')""",
            Long.class)
        .setMaxResults(1_000)
        .getResultList();
  }
}
