package dev.tidemark.session;

import dev.tidemark.config.SessionSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.EntityLookup;
import dev.tidemark.log.EventLog;
import dev.tidemark.log.ReaderRole;
import dev.tidemark.log.TenantSession;
import dev.tidemark.wire.Position;
import dev.tidemark.wire.SnapshotFrame;
import dev.tidemark.wire.SnapshotMessage;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Tuple;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * Cuts a snapshot of a session: its state, messages and running turn, which are exactly the effect
 * of the events up to the snapshot's cursor (R8). This holds because each change is committed with
 * its event, and all parts are read from one database snapshot.
 */
@Stateless
public class Snapshots {
  /** A snapshot is held as its parts, as a text, and as bytes; a character may take two. */
  private static final int HEAP_OF_A_BYTE = 8;

  @PersistenceContext EntityManager entities;
  @Inject EventLog log;
  @Inject Settings settings;

  /**
   * Cuts a snapshot now, in a transaction of its own.
   *
   * @param heap takes so many bytes of heap for the snapshot, or returns false
   * @throws NoHeapException if it did
   */
  @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
  public SnapshotFrame cut(TenantSession tenantSession, String reason, LongPredicate heap) {
    ReaderRole.enterAtOneMoment(entities, tenantSession);
    return cut(tenantSession, log.position(tenantSession.sessionKey()), reason, heap);
  }

  /**
   * As the other, at a position that was read in the current transaction, after {@link
   * ReaderRole#enterAtOneMoment}.
   */
  @TransactionAttribute(TransactionAttributeType.MANDATORY)
  public SnapshotFrame cut(
      TenantSession tenantSession, Position position, String reason, LongPredicate heap) {
    long sessionKey = tenantSession.sessionKey();
    long maxBytes = settings.get(SessionSettings.SNAPSHOT_BYTES);
    LongConsumer take =
        bytes -> {
          if (!heap.test(HEAP_OF_A_BYTE * bytes)) {
            throw new NoHeapException();
          }
        };
    take.accept(settings.get(SessionSettings.STATE_BYTES));
    Session session = EntityLookup.get(entities, Session.class, sessionKey);
    long messagesTotal =
        entities
            .createQuery(
                "select count(m) from SessionMessage m where m.sessionKey = :key", Long.class)
            .setParameter("key", sessionKey)
            .getSingleResult();
    List<SnapshotMessage> messages = messages(session, maxBytes, take);
    return new SnapshotFrame(
        position,
        reason,
        session.sessionId(),
        session.agentId(),
        EntityLookup.get(entities, SessionState.class, sessionKey).state,
        messages,
        messagesTotal,
        messages.size() < messagesTotal,
        new RunningTurnSql(entities, sessionKey, maxBytes, take).read(),
        log.newest( // last, because it ends the reader's role
            tenantSession,
            position,
            settings.get(SessionSettings.SNAPSHOT_EVENTS),
            maxBytes,
            take));
  }

  /** The newest messages that fit, oldest first. The others are not even read. */
  private List<SnapshotMessage> messages(Session session, long maxBytes, LongConsumer take) {
    long from = Long.MAX_VALUE;
    long bytes = 0;
    for (Tuple newest : sizes(session.sessionKey())) {
      long size = newest.get(1, Number.class).longValue();
      if (bytes + size > maxBytes) {
        break;
      }
      bytes += size;
      from = newest.get(0, Long.class);
    }
    take.accept(bytes);
    return entities
        .createQuery(
            "select m from SessionMessage m where m.sessionKey = :key and m.cursor >= :from "
                + "order by m.cursor",
            SessionMessage.class)
        .setParameter("key", session.sessionKey())
        .setParameter("from", from)
        .getResultStream()
        .map(message -> message.inSnapshot(session.sessionId()))
        .toList();
  }

  private List<Tuple> sizes(long sessionKey) {
    return entities
        .unwrap(org.hibernate.Session.class)
        .createNativeQuery(MessageSql.NEWEST_SIZES, Tuple.class)
        .setParameter("key", sessionKey)
        .setParameter("max", settings.get(SessionSettings.SNAPSHOT_MESSAGES))
        .getResultList();
  }
}
