package dev.tidemark.access;

import dev.tidemark.session.Session;
import dev.tidemark.session.SessionId;
import dev.tidemark.session.Sessions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Lets a caller into sessions of their own and no others. For somebody else's session the answer is
 * the same as for one that does not exist: nothing.
 */
@ApplicationScoped
public class SessionAccess {
  @Inject Sessions sessions;

  /** Whether a session of the caller's tenant is the caller's. */
  public boolean mayEnter(Caller caller, Session session) {
    return session.owner().equals(caller.name());
  }

  /** The session of that name, if it is the caller's. */
  public Optional<Session> find(Caller caller, String sessionId) {
    return sessions.find(caller.tenant(), sessionId).filter(session -> mayEnter(caller, session));
  }

  /** A new session of the caller's; nothing if the name was taken, perhaps just now. */
  public Optional<Session> create(Caller caller, String sessionId, String agentId) {
    return sessions.create(caller.tenant(), sessionId, agentId, caller.name());
  }

  /** A new session of the caller's, under an id that nobody can guess. */
  public Session create(Caller caller, String agentId) {
    return create(caller, SessionId.random(), agentId)
        .orElseThrow(() -> new IllegalStateException("A random session id was taken."));
  }
}
