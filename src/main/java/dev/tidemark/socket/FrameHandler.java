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
   * @return what is still under way, if anything: completed with what remains to be done then, on a
   *     thread that may wait
   * @throws RefusedException if the frame is refused; so are failures of what is under way
   */
  Optional<CompletionStage<Runnable>> handle(Connection connection, F frame);

  /** Whether it needs the database: the frame is refused at once while that does not answer. */
  boolean needsStorage();

  /** Whether the client does something of its own accord with it, which keeps its login. */
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
