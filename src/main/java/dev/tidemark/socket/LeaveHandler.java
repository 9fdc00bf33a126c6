package dev.tidemark.socket;

import dev.tidemark.session.LeaveReason;
import dev.tidemark.wire.Leave;
import dev.tidemark.wire.Left;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Leaves the session; the connection stays open and may join again. */
@ApplicationScoped
class LeaveHandler implements FrameHandler<Leave> {
  @Override
  public boolean needsStorage() {
    return false;
  }

  @Override
  public Optional<CompletionStage<Runnable>> handle(Connection connection, Leave leave) {
    String sessionId = connection.requireJoined().session().sessionId();
    connection.leave(LeaveReason.LEFT);
    connection.send(new Left(sessionId));
    return Optional.empty();
  }
}
