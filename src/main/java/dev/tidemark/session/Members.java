package dev.tidemark.session;

import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.ReaderRole;
import dev.tidemark.log.TenantSession;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hibernate.query.NativeQuery;

/**
 * With whom sessions are shared. What was is kept: a change ends one row and begins another. Who
 * may do that is decided in {@code access}.
 */
@Stateless
public class Members {
  @PersistenceContext EntityManager entities;
  @Inject Settings settings;

  /** What came of sharing. */
  public enum Outcome {
    ADDED,
    CHANGED,
    UNCHANGED,
    TOO_MANY
  }

  /** The members of a session, in the order in which they were added. */
  public List<Member> of(TenantSession tenantSession) {
    ReaderRole.enterAtOneMoment(entities, tenantSession);
    List<Member> members =
        query(
                """
                select principal, may_write, added_at, added_by from tidemark.session_member
                where session_key = :key and removed_at is null order by member_id""",
                Tuple.class)
            .setParameter("key", tenantSession.sessionKey())
            .getResultStream()
            .map(
                row ->
                    new Member(
                        row.get(0, String.class),
                        row.get(1, Boolean.class),
                        row.get(2, Instant.class),
                        row.get(3, String.class)))
            .toList();
    ReaderRole.leave(entities);
    return members;
  }

  /** Shares a session with a principal from now on. Who is counted is counted under its lock. */
  public Outcome put(long sessionKey, String principal, boolean mayWrite, String by) {
    query(
            "select 1 from tidemark.session where session_key = :key for no key update",
            Integer.class)
        .setParameter("key", sessionKey)
        .getSingleResult();
    Optional<Boolean> before =
        query(
                """
                select may_write from tidemark.session_member
                where session_key = :key and principal = :principal and removed_at is null""",
                Boolean.class)
            .setParameter("key", sessionKey)
            .setParameter("principal", principal)
            .getResultStream()
            .findFirst();
    if (before.isPresent() && before.get() == mayWrite) {
      return Outcome.UNCHANGED;
    }
    if (before.isEmpty() && count(sessionKey) >= settings.get(AccessSettings.MEMBERS_PER_SESSION)) {
      return Outcome.TOO_MANY;
    }
    boolean changed = remove(sessionKey, principal, by);
    entities
        .createNativeQuery(
            """
            insert into tidemark.session_member (session_key, principal, may_write, added_by)
            values (:key, :principal, :write, :by)""")
        .setParameter("key", sessionKey)
        .setParameter("principal", principal)
        .setParameter("write", mayWrite)
        .setParameter("by", by)
        .executeUpdate();
    return changed ? Outcome.CHANGED : Outcome.ADDED;
  }

  private long count(long sessionKey) {
    return query(
            "select count(*) from tidemark.session_member where session_key = :key and removed_at is null",
            Long.class)
        .setParameter("key", sessionKey)
        .getSingleResult();
  }

  /**
   * Ends a membership now.
   *
   * @return whether there was one
   */
  public boolean remove(long sessionKey, String principal, String by) {
    return entities
            .createNativeQuery(
                """
                update tidemark.session_member set removed_at = clock_timestamp(), removed_by = :by
                where session_key = :key and principal = :principal and removed_at is null""")
            .setParameter("key", sessionKey)
            .setParameter("principal", principal)
            .setParameter("by", by)
            .executeUpdate()
        > 0;
  }

  private <T> NativeQuery<T> query(String sql, Class<T> type) {
    return entities.unwrap(org.hibernate.Session.class).createNativeQuery(sql, type);
  }
}
