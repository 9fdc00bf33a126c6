package dev.tidemark.session;

import dev.tidemark.config.SessionSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.EntityLookup;
import dev.tidemark.log.EventLog;
import dev.tidemark.log.ReaderRole;
import dev.tidemark.log.TenantSession;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import dev.tidemark.wire.SnapshotFrame;
import dev.tidemark.wire.SnapshotMessage;
import dev.tidemark.wire.Utf8;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Cuts a snapshot of a session: its state, messages and running turn, which are exactly the effect
 * of the events up to the snapshot's cursor (R8). This holds because each change is committed with
 * its event, and all parts are read from one database snapshot.
 */
@Stateless
public class Snapshots {
  @PersistenceContext EntityManager entities;
  @Inject EventLog log;
  @Inject Settings settings;

  /** Cuts a snapshot now, in a transaction of its own. */
  @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
  public SnapshotFrame cut(TenantSession tenantSession, String reason) {
    ReaderRole.enterAtOneMoment(entities, tenantSession);
    return cut(tenantSession, log.position(tenantSession.sessionKey()), reason);
  }

  /**
   * Cuts the snapshot at a position that was read in the current transaction, after {@link
   * ReaderRole#enterAtOneMoment}.
   */
  @TransactionAttribute(TransactionAttributeType.MANDATORY)
  public SnapshotFrame cut(TenantSession tenantSession, Position position, String reason) {
    long sessionKey = tenantSession.sessionKey();
    Session session = EntityLookup.get(entities, Session.class, sessionKey);
    long messagesTotal =
        entities
            .createQuery(
                "select count(m) from SessionMessage m where m.sessionKey = :key", Long.class)
            .setParameter("key", sessionKey)
            .getSingleResult();
    List<SnapshotMessage> messages = messages(session);
    return new SnapshotFrame(
        position,
        reason,
        session.sessionId(),
        session.agentId(),
        EntityLookup.get(entities, SessionState.class, sessionKey).state,
        messages,
        messagesTotal,
        messages.size() < messagesTotal,
        RunningTurnSql.read(entities, sessionKey),
        events(tenantSession, position));
  }

  private List<SnapshotMessage> messages(Session session) {
    List<SnapshotMessage> newestFirst =
        entities
            .createQuery(
                "select m from SessionMessage m where m.sessionKey = :key order by m.cursor desc",
                SessionMessage.class)
            .setParameter("key", session.sessionKey())
            .setMaxResults(settings.get(SessionSettings.SNAPSHOT_MESSAGES))
            .getResultStream()
            .map(message -> message.inSnapshot(session.sessionId()))
            .toList();
    List<SnapshotMessage> kept =
        fitting(
            newestFirst,
            message -> Utf8.length(message.contentJson()) + Utf8.length(message.metadataJson()));
    Collections.reverse(kept);
    return kept;
  }

  /** Must be called last: reading the events ends the reader's role. */
  private List<EventFrame> events(TenantSession tenantSession, Position position) {
    List<EventFrame> newestFirst =
        new ArrayList<>(
            log.newest(tenantSession, position, settings.get(SessionSettings.SNAPSHOT_EVENTS)));
    Collections.reverse(newestFirst);
    List<EventFrame> kept = fitting(newestFirst, event -> Utf8.length(event.data()));
    Collections.reverse(kept);
    return kept;
  }

  /** The longest prefix whose total size is within {@code tidemark.snapshot.bytes}. */
  private <T> List<T> fitting(List<T> items, ToLongFunction<T> bytes) {
    long remaining = settings.get(SessionSettings.SNAPSHOT_BYTES);
    List<T> kept = new ArrayList<>();
    for (T item : items) {
      remaining -= bytes.applyAsLong(item);
      if (remaining < 0) {
        break;
      }
      kept.add(item);
    }
    return kept;
  }
}
