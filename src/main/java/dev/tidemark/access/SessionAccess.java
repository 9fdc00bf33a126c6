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

  /**
   * A session that the caller may join.
   *
   * @param created whether it was made just now
   */
  public record Entry(Session session, boolean created) {}

  /** The session of that name, if it is the caller's. */
  public Optional<Entry> find(Caller caller, String sessionId) {
    return sessions
        .find(caller.tenant(), sessionId)
        .filter(session -> session.owner().equals(caller.name()))
        .map(session -> new Entry(session, false));
  }

  /**
   * The caller's session of that name, made now if the name is free; nothing if it is somebody
   * else's.
   */
  public Optional<Entry> findOrCreate(Caller caller, String sessionId, String agentId) {
    return find(caller, sessionId)
        .or(
            () ->
                sessions
                    .create(caller.tenant(), sessionId, agentId, caller.name())
                    .map(session -> new Entry(session, true)))
        .or(() -> find(caller, sessionId)); // made by another connection since the first look
  }

  /** A new session of the caller's, under an id that nobody can guess. */
  public Entry create(Caller caller, String agentId) {
    return sessions
        .create(caller.tenant(), SessionId.random(), agentId, caller.name())
        .map(session -> new Entry(session, true))
        .orElseThrow(() -> new IllegalStateException("A random session id was taken."));
  }
}
