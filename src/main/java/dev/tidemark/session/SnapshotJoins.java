package dev.tidemark.session;

import dev.tidemark.config.Settings;
import dev.tidemark.log.EventLog;
import dev.tidemark.log.ReaderRole;
import dev.tidemark.log.TenantSession;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.wire.Position;
import dev.tidemark.wire.SnapshotFrame;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;

/** Decides joins that need a snapshot, one by one, by {@link Resume}, and records them. */
@Stateless
public class SnapshotJoins {
  @PersistenceContext EntityManager entities;
  @Inject EventLog log;
  @Inject Snapshots snapshots;
  @Inject Settings settings;
  @Inject Metrics metrics;

  /**
   * Joins a session; the position, the decision and the snapshot are one consistent cut.
   *
   * @param heap takes so many bytes of heap for the snapshot, or returns false
   * @throws NoHeapException if it did
   */
  public JoinOutcome join(JoinRequest request, Session session, LongPredicate heap) {
    long key = session.sessionKey();
    TenantSession tenantSession = new TenantSession(request.client().tenant(), key);
    ReaderRole.enterAtOneMoment(entities, tenantSession);
    Position position = log.position(key);
    Resume.Decision decision = Resume.decide(request.since(), request.epoch(), position);
    Optional<SnapshotFrame> snapshot = Optional.empty();
    if (decision instanceof Resume.Resync resync) {
      snapshot =
          Optional.of(snapshots.cut(tenantSession, position, resync.reason().wireName(), heap));
      metrics.count(Metric.RESYNCS, 1, resync.reason().wireName());
    } else if (decision instanceof Resume.Fresh && request.snapshot()) {
      snapshot = Optional.of(snapshots.cut(tenantSession, position, SnapshotFrame.REQUESTED, heap));
    }
    ReaderRole.leave(entities);
    JoinRecord joined = JoinRecord.joined(request, key, position, decision);
    long joinId =
        entities
            .unwrap(org.hibernate.Session.class)
            .doReturningWork(
                connection ->
                    JoinSql.record(connection, settings.nodeName(), List.of(joined))
                        .get(request.client().connectionId()));
    return new JoinOutcome(new DeliveryRecord(joinId, key, request), position, decision, snapshot);
  }
}
