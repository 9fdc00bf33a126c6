package dev.tidemark.session;

import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.ReaderRole;
import dev.tidemark.log.TenantSession;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads and changes the members of sessions. Past memberships are kept: a change ends one row and
 * begins another. {@code access} decides who may change them.
 */
@Stateless
public class Members {
  /** A request waits no longer for a session that another transaction holds. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @PersistenceContext EntityManager entities;
  @Inject Settings settings;

  /** The effect of sharing a session. */
  public enum Outcome {
    ADDED,
    CHANGED,
    UNCHANGED,
    TOO_MANY
  }

  /** The members of a session, in the order in which they were added. */
  public List<Member> of(TenantSession tenantSession) {
    ReaderRole.enterAtOneMoment(entities, tenantSession);
    List<Member> members = new MemberSql(entities, tenantSession.sessionKey()).all();
    ReaderRole.leave(entities);
    return members;
  }

  /** Shares a session with a principal from now on. The members are counted under a lock. */
  public Outcome put(long sessionKey, String principal, boolean mayWrite, String by) {
    SessionSql.waitAtMost(entities, PATIENCE);
    MemberSql members = new MemberSql(entities, sessionKey);
    members.lock();
    Optional<Boolean> before = members.mayWrite(principal);
    if (before.isPresent() && before.get() == mayWrite) {
      return Outcome.UNCHANGED;
    }
    if (before.isEmpty() && members.count() >= settings.get(AccessSettings.MEMBERS_PER_SESSION)) {
      return Outcome.TOO_MANY;
    }
    boolean changed = members.remove(principal, by);
    members.add(principal, mayWrite, by);
    return changed ? Outcome.CHANGED : Outcome.ADDED;
  }

  /**
   * Ends a membership now.
   *
   * @return whether there was one
   */
  public boolean remove(long sessionKey, String principal, String by) {
    SessionSql.waitAtMost(entities, PATIENCE);
    return new MemberSql(entities, sessionKey).remove(principal, by);
  }
}
