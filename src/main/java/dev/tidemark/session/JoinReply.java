package dev.tidemark.session;

import dev.tidemark.wire.ErrorCode;
import java.util.Optional;

/** The answer to a join. */
public sealed interface JoinReply {
  /** It is recorded, and where the session stands is known. */
  record Admitted(Session session, Access access, JoinOutcome outcome) implements JoinReply {}

  /** It needs a snapshot, which is work of its own: see {@link SnapshotJoins}. */
  record NeedsSnapshot(Session session, Access access) implements JoinReply {}

  /**
   * It is recorded that it was refused.
   *
   * @param message for the client
   */
  record Refused(ErrorCode code, String message) implements JoinReply {
    /** The same whether there is none or it is somebody else's. */
    public static final Refused NO_SUCH_SESSION =
        new Refused(ErrorCode.NO_SUCH_SESSION, "There is no such session.");
  }

  /** Knows who may enter a session. */
  interface Doorkeeper {
    /**
     * Why this session cannot be joined, if it cannot. Must not wait.
     *
     * @param access what the database says that who asks is to it
     */
    Optional<Refused> refusal(Session session, Access access);
  }
}
