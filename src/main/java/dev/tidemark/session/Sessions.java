package dev.tidemark.session;

import dev.tidemark.log.Rows;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Tuple;
import java.util.List;
import java.util.Optional;

/** Finds sessions and makes new ones. Who may do that is decided in {@code access}. */
@Stateless
public class Sessions {
  @PersistenceContext EntityManager entities;

  public Optional<Session> find(String tenant, String sessionId) {
    return entities
        .createQuery(
            "select s from Session s where s.tenant = :tenant and s.sessionId = :id", Session.class)
        .setParameter("tenant", tenant)
        .setParameter("id", sessionId)
        .getResultStream()
        .findFirst();
  }

  /**
   * Makes a session with an empty log: the next event is number 1.
   *
   * @return the new session, or nothing if its tenant has one of that name already, perhaps since a
   *     moment ago
   */
  @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
  public Optional<Session> create(String tenant, String sessionId, String agentId, String owner) {
    // Two clients may create the same name at once: the unique key decides, and the second one
    // finds the first one's session.
    return entities
        .unwrap(org.hibernate.Session.class)
        .createNativeQuery(
            """
            insert into tidemark.session (session_id, tenant, agent_id, owner) values (:id, :tenant, :agent, :owner)
            on conflict (tenant, session_id) do nothing returning session_key""",
            Long.class)
        .setParameter("id", sessionId)
        .setParameter("tenant", tenant)
        .setParameter("agent", agentId)
        .setParameter("owner", owner)
        .getResultStream()
        .findFirst()
        .map(this::begin);
  }

  private Session begin(Object sessionKey) {
    for (String insert :
        List.of(
            """
            insert into tidemark.session_head (session_key, floor_at)
            select session_key, created_at from tidemark.session where session_key = :key""",
            "insert into tidemark.session_state (session_key) values (:key)")) {
      entities.createNativeQuery(insert).setParameter("key", sessionKey).executeUpdate();
    }
    return Rows.get(entities, Session.class, sessionKey);
  }

  /** The sessions of one owner, the one with the newest event first. */
  public List<SessionSummary> ownedBy(String tenant, String owner, int most) {
    return entities
        .createQuery(
            """
            select s.sessionId, s.agentId, s.createdAt, h.lastEventAt, h.headCursor, h.floorCursor
            from Session s join SessionHead h on h.sessionKey = s.sessionKey
            where s.tenant = :tenant and s.owner = :owner
            order by coalesce(h.lastEventAt, s.createdAt) desc, s.sessionKey desc""",
            Tuple.class)
        .setParameter("tenant", tenant)
        .setParameter("owner", owner)
        .setMaxResults(most)
        .getResultStream()
        .map(SessionSummary::of)
        .toList();
  }
}
