package dev.tidemark.session;

import dev.tidemark.log.EntityLookup;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.hibernate.jdbc.ReturningWork;

/** Finds and creates sessions. {@code access} decides who may do that. */
@Stateless
public class Sessions {
  /** A thread that handles frames waits no longer for another transaction that makes the name. */
  private static final Duration PATIENCE = Duration.ofMillis(250);

  @PersistenceContext EntityManager entities;

  /** The requested session, if it exists and the principal may enter it. */
  public Optional<AccessibleSession> find(SessionLookup sessionLookup) {
    return Optional.ofNullable(
        work(connection -> JoinSql.find(connection, List.of(sessionLookup))).get(sessionLookup));
  }

  /** The current access to each session; sessions without access are omitted. */
  public Map<SessionLookup, Access> accesses(List<SessionLookup> lookups) {
    return work(connection -> JoinSql.accesses(connection, lookups));
  }

  /** The key of a session, for a producer of its tenant. */
  public OptionalLong findForProducer(String tenant, String sessionId) {
    return work(connection -> SessionSql.keyForProducer(connection, tenant, sessionId));
  }

  private <T> T work(ReturningWork<T> work) {
    return entities.unwrap(org.hibernate.Session.class).doReturningWork(work);
  }

  /**
   * Makes a session with an empty log: the next event is number 1.
   *
   * @return the new session; empty if its tenant has one of that name, perhaps only since a moment
   *     ago
   */
  @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
  public Optional<Session> create(String tenant, String sessionId, String agentId, String owner) {
    SessionSql.waitAtMost(entities, PATIENCE);
    return SessionSql.create(entities, tenant, sessionId, agentId, owner)
        .map(sessionKey -> EntityLookup.get(entities, Session.class, sessionKey));
  }

  /**
   * The number of sessions of a tenant, or of those that one principal owns.
   *
   * @param owner the principal; empty for all of the tenant
   * @param max the number at which the counting ends
   */
  public int count(String tenant, Optional<String> owner, int max) {
    return work(connection -> SessionSql.count(connection, tenant, owner, max));
  }

  /** The sessions that a principal owns or is a member of, the one with the newest event first. */
  public List<SessionSummary> of(String tenant, String principal, int max) {
    return work(connection -> SessionSql.of(connection, tenant, principal, max));
  }
}
