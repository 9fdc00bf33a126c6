package dev.tidemark.access;

import dev.tidemark.session.Access;
import dev.tidemark.session.AccessibleSession;
import dev.tidemark.session.Session;
import dev.tidemark.session.SessionLookup;
import dev.tidemark.session.Sessions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Lets callers into their own sessions and those shared with them, and into no others. For somebody
 * else's session the result is the same as for one that does not exist: empty. This is the first
 * wall; the database, which opens a session only to callers who may read it, is the second.
 */
@ApplicationScoped
public class SessionAccess {
  @Inject Sessions sessions;

  /**
   * Whether the caller may follow a session.
   *
   * @param access the caller's access to it
   */
  public boolean mayEnter(Caller caller, Session session, Access access) {
    return session.tenant().equals(caller.tenant())
        && (access == Access.OWNER) == session.owner().equals(caller.name());
  }

  /** The session of that name and the caller's access to it, if the caller may follow it. */
  public Optional<AccessibleSession> find(Caller caller, String sessionId) {
    return sessions
        .find(new SessionLookup(caller.tenant(), caller.name(), sessionId))
        .filter(found -> mayEnter(caller, found.session(), found.access()));
  }

  /** The key of the session of that name, if the caller may publish into it. */
  public OptionalLong findToPublish(Caller caller, String sessionId) {
    return caller.is(Role.PUBLISHER)
        ? sessions.findForProducer(caller.tenant(), sessionId)
        : OptionalLong.empty();
  }

  /** Creates a session of the caller's; empty if the name was taken, perhaps just now. */
  public Optional<Session> create(Caller caller, String sessionId, String agentId) {
    return sessions.create(caller.tenant(), sessionId, agentId, caller.name());
  }
}
