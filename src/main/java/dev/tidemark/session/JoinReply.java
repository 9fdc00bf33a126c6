package dev.tidemark.session;

import dev.tidemark.wire.ErrorCode;
import java.util.Optional;

/** The reply to a join. */
public sealed interface JoinReply {
  /** The join is recorded, and the session's position is known. */
  record Admitted(Session session, Access access, JoinOutcome outcome) implements JoinReply {}

  /** The join needs a snapshot, which is separate work: see {@link SnapshotJoins}. */
  record NeedsSnapshot(Session session, Access access) implements JoinReply {}

  /**
   * The join is refused, and the refusal is recorded.
   *
   * @param message text for the client
   */
  record Refused(ErrorCode code, String message) implements JoinReply {
    /** The same for a missing session and for one that the caller may not enter. */
    public static final Refused NO_SUCH_SESSION =
        new Refused(ErrorCode.NO_SUCH_SESSION, "There is no such session.");
  }

  /** Decides who may enter a session. */
  interface Doorkeeper {
    /**
     * The reason to refuse a join of this session; empty if there is none. Must not wait.
     *
     * @param access the client's access to the session, from the database
     */
    Optional<Refused> refusal(Session session, Access access);
  }
}
