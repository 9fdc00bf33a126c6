package dev.tidemark.session;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hibernate.query.NativeQuery;

/** The statements on {@code session_member}, where a membership that has ended keeps its row. */
final class MemberSql {
  private static final String OF =
      """
      select principal, may_write, added_at, added_by from tidemark.session_member
      where session_key = :key and removed_at is null order by member_id""";

  private static final String LOCK_SESSION =
      "select 1 from tidemark.session where session_key = :key for no key update";

  private static final String MAY_WRITE =
      """
      select may_write from tidemark.session_member
      where session_key = :key and principal = :principal and removed_at is null""";

  private static final String COUNT =
      "select count(*) from tidemark.session_member where session_key = :key and removed_at is null";

  private static final String ADD =
      """
      insert into tidemark.session_member (session_key, principal, may_write, added_by)
      values (:key, :principal, :write, :by)""";

  private static final String REMOVE =
      """
      update tidemark.session_member set removed_at = clock_timestamp(), removed_by = :by
      where session_key = :key and principal = :principal and removed_at is null""";

  private final EntityManager entities;
  private final long sessionKey;

  /** The members of one session, in the caller's transaction. */
  MemberSql(EntityManager entities, long sessionKey) {
    this.entities = entities;
    this.sessionKey = sessionKey;
  }

  /** All members, in the order in which they were added. */
  List<Member> all() {
    return query(OF, Tuple.class)
        .getResultStream()
        .map(
            row ->
                new Member(
                    row.get(0, String.class),
                    row.get(1, Boolean.class),
                    row.get(2, Instant.class),
                    row.get(3, String.class)))
        .toList();
  }

  /** Keeps other transactions from adding or changing members until this one ends. */
  void lock() {
    var unused = query(LOCK_SESSION, Integer.class).getSingleResult();
  }

  /** Whether this member may write; empty if the principal is no member. */
  Optional<Boolean> mayWrite(String principal) {
    return query(MAY_WRITE, Boolean.class)
        .setParameter("principal", principal)
        .getResultStream()
        .findFirst();
  }

  long count() {
    return query(COUNT, Long.class).getSingleResult();
  }

  void add(String principal, boolean mayWrite, String by) {
    entities
        .createNativeQuery(ADD)
        .setParameter("key", sessionKey)
        .setParameter("principal", principal)
        .setParameter("write", mayWrite)
        .setParameter("by", by)
        .executeUpdate();
  }

  /**
   * Ends a membership now.
   *
   * @return whether there was one
   */
  boolean remove(String principal, String by) {
    return entities
            .createNativeQuery(REMOVE)
            .setParameter("key", sessionKey)
            .setParameter("principal", principal)
            .setParameter("by", by)
            .executeUpdate()
        > 0;
  }

  private <T> NativeQuery<T> query(String sql, Class<T> type) {
    return entities
        .unwrap(org.hibernate.Session.class)
        .createNativeQuery(sql, type)
        .setParameter("key", sessionKey);
  }
}
