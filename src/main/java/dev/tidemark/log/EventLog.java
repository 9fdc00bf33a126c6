package dev.tidemark.log;

import dev.tidemark.config.LogSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.AppendSql.Extension;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Tuple;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.Session;

/**
 * The log of every session. Cursors are dense (R1) because the row lock on {@code session_head} is
 * held from the allocation of numbers until the events that carry them are committed: allocation
 * order is commit order, and a rollback leaves no hole.
 *
 * <p>Appends here are part of the caller's transaction and announced as {@link AppendHint}. Appends
 * that need no transaction of the container go through the {@link Appender}, which is many times as
 * fast.
 */
@Stateless
public class EventLog {
  @PersistenceContext EntityManager entities;
  @Inject Event<AppendHint> announced;
  @Inject Settings settings;
  @Inject Metrics metrics;

  /**
   * Takes the session's lock until the end of the caller's transaction. A caller that decides by
   * the session's log and then appends takes the lock first, so that the decision still holds when
   * the append commits.
   *
   * @throws UnknownSessionException if there is no such session
   */
  @TransactionAttribute(TransactionAttributeType.MANDATORY)
  public void lock(long sessionKey) {
    entities.unwrap(Session.class).doWork(connection -> AppendSql.lockOnly(connection, sessionKey));
  }

  /**
   * Appends events to a session, in the caller's transaction if there is one.
   *
   * @return the events with their cursors; durable when the transaction has committed
   * @throws PayloadTooLargeException if a payload is over {@code tidemark.log.event-bytes}; then
   *     nothing is appended
   * @throws UnknownSessionException if there is no such session
   */
  public List<EventFrame> append(long sessionKey, List<Draft> drafts) {
    if (drafts.isEmpty()) {
      throw new IllegalArgumentException("An append has at least one event.");
    }
    long maxBytes = settings.get(LogSettings.EVENT_BYTES);
    drafts.forEach(draft -> PayloadTooLargeException.bytesOf(draft, maxBytes));
    List<EventFrame> events =
        entities
            .unwrap(Session.class)
            .doReturningWork(
                connection -> {
                  Extension extension = new Extension(AppendSql.lock(connection, sessionKey));
                  extension.drafts().addAll(drafts);
                  AppendSql.write(connection, List.of(extension), false);
                  return extension.events();
                });
    announced.fire(new AppendHint(sessionKey, events.get(events.size() - 1).cursor()));
    metrics.count(Metric.EVENTS_APPENDED, drafts.size());
    return events;
  }

  /**
   * Reads at most {@code maxEvents} events and {@code maxBytes} of payload from a cursor on, but at
   * least one event. Runs in the caller's transaction if there is one, and otherwise in none: each
   * query stands alone. A transaction in the {@link ReaderRole} leaves that role.
   *
   * @throws UnknownSessionException if there is no such session
   * @throws DamagedLogException if the first event is missing, or there twice
   */
  @TransactionAttribute(TransactionAttributeType.SUPPORTS)
  public Page page(TenantSession tenantSession, long fromCursor, int maxEvents, long maxBytes) {
    return entities
        .unwrap(Session.class)
        .doReturningWork(
            connection -> PageSql.read(connection, tenantSession, fromCursor, maxEvents, maxBytes));
  }

  /**
   * Reads the newest events up to a position that was read in the same transaction, which then
   * leaves the {@link ReaderRole}.
   *
   * @param maxBytes the payload bytes that they have at most
   * @param heap takes the heap for so many payload bytes that are about to be read, or throws
   * @return the events in order, the last one that of the head; none if the log is damaged there,
   *     which clients that need these events are told of
   */
  @TransactionAttribute(TransactionAttributeType.MANDATORY)
  public List<EventFrame> newest(
      TenantSession tenantSession,
      Position position,
      int maxEvents,
      long maxBytes,
      LongConsumer heap) {
    return entities
        .unwrap(Session.class)
        .doReturningWork(
            connection ->
                NewestSql.read(connection, tenantSession, position, maxEvents, maxBytes, heap));
  }

  /**
   * As {@link #page}, but up to {@code untilCursor}, and without the deltas of turns whose {@code
   * response} lies in the range: so the events are not dense.
   */
  @TransactionAttribute(TransactionAttributeType.SUPPORTS)
  public Page compactPage(
      TenantSession tenantSession,
      long fromCursor,
      long untilCursor,
      int maxEvents,
      long maxBytes) {
    return entities
        .unwrap(Session.class)
        .doReturningWork(
            connection ->
                CompactPageSql.read(
                    connection, tenantSession, fromCursor, untilCursor, maxEvents, maxBytes));
  }

  /**
   * The session's epoch, head and floor, read in one statement and so at one moment.
   *
   * @throws UnknownSessionException if there is no such session
   */
  public Position position(long sessionKey) {
    Position position = positions(List.of(sessionKey)).get(sessionKey);
    if (position == null) {
      throw new UnknownSessionException(sessionKey);
    }
    return position;
  }

  /** The positions of these sessions, all at one moment; unknown sessions are omitted. */
  public Map<Long, Position> positions(Collection<Long> sessionKeys) {
    Stream<Tuple> rows =
        entities
            .createQuery(
                """
                select h.sessionKey, h.headCursor, h.floorCursor, e.epochId
                from SessionHeadRow h, Epoch e
                where h.sessionKey in :keys and e.epochNumber = (select max(n.epochNumber) from Epoch n)""",
                Tuple.class)
            .setParameter("keys", sessionKeys)
            .getResultStream();
    return rows.collect(
        Collectors.toMap(
            row -> row.get(0, Long.class),
            row ->
                new Position(
                    row.get(3, UUID.class).toString(),
                    row.get(1, Long.class),
                    row.get(2, Long.class))));
  }

  /**
   * Whether an event with this id was appended above a cursor; shows whether an append with unknown
   * outcome was committed.
   */
  public boolean holds(long sessionKey, long aboveCursor, UUID eventId) {
    return entities
            .createQuery(
                "select count(e) from EventRow e where e.sessionKey = :key and e.cursor > :cursor and e.eventId = :id",
                Long.class)
            .setParameter("key", sessionKey)
            .setParameter("cursor", aboveCursor)
            .setParameter("id", eventId)
            .getSingleResult()
        > 0;
  }
}
