package dev.tidemark.socket;

import dev.tidemark.session.Session;
import dev.tidemark.turn.TurnLeases;
import dev.tidemark.wire.Abort;
import dev.tidemark.wire.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Stops the turn that is running in the session. */
@ApplicationScoped
class AbortHandler implements FrameHandler<Abort> {
  @Inject TurnLeases turnLeases;

  @Override
  public boolean needsStorage() {
    return true;
  }

  @Override
  public Optional<CompletionStage<Runnable>> handle(Connection connection, Abort abort) {
    Session session = connection.requireJoined().requireWritable();
    if (turnLeases.abort(session.sessionKey(), abort.reason().orElse("user")).isEmpty()) {
      throw new RefusedException(ErrorCode.NO_RUNNING_TURN, "No turn is running in this session.");
    }
    return Optional.empty();
  }
}
