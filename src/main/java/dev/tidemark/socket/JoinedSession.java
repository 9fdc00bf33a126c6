package dev.tidemark.socket;

import dev.tidemark.delivery.Subscription;
import dev.tidemark.session.Access;
import dev.tidemark.session.Session;
import dev.tidemark.wire.ErrorCode;

/**
 * The session that a connection has joined, its caller's access to it, and its cursor over that
 * session's log.
 */
final class JoinedSession {
  private final Session session;
  private final Subscription subscription;
  private volatile Access access;

  JoinedSession(Session session, Access access, Subscription subscription) {
    this.session = session;
    this.access = access;
    this.subscription = subscription;
  }

  Session session() {
    return session;
  }

  Subscription subscription() {
    return subscription;
  }

  /**
   * The session, for a client that wants to change it.
   *
   * @throws RefusedException if it is shared with this client for reading only
   */
  Session requireWritable() {
    if (!access.mayWrite()) {
      throw new RefusedException(
          ErrorCode.NOT_ALLOWED, "This session is shared with you to read, not to write.");
    }
    return session;
  }

  Access access() {
    return access;
  }

  /** Takes over an access that the owner has changed in the meantime. */
  void access(Access now) {
    access = now;
  }
}
