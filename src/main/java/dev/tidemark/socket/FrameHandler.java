package dev.tidemark.socket;

import dev.tidemark.wire.ClientFrame;
import dev.tidemark.wire.ErrorFrame;
import dev.tidemark.wire.ServerFrame;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Handles one kind of client frame: a call, and a frame as its reply. Never waits for the log.
 *
 * @param <F> the frame
 */
interface FrameHandler<F extends ClientFrame> {
  /**
   * Handles a frame; called for one frame of a connection at a time.
   *
   * @return the work still under way, if any; it completes with the rest of the work, to be run on
   *     a thread that may wait
   * @throws RefusedException if the frame is refused; failures of the work under way count as
   *     refusals too
   */
  Optional<CompletionStage<Runnable>> handle(Connection connection, F frame);

  /** Whether the frame needs the database: it is refused at once while the database is away. */
  boolean needsStorage();

  /** Whether the frame is the client's own activity, which keeps its login alive. */
  default boolean isActivity() {
    return true;
  }

  /** The session that a frame is about, for the record of its refusal. */
  default Optional<String> sessionId(Connection connection, F frame) {
    return connection.joinedSessionId();
  }

  /** The reply to a refused frame, while the connection goes on. */
  default ServerFrame refusal(F frame, RefusedException refused) {
    return new ErrorFrame(refused.code(), refused.getMessage(), refused.retryAfterSeconds());
  }
}
