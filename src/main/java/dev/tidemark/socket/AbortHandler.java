package dev.tidemark.socket;

import dev.tidemark.access.Caller;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.log.Sender;
import dev.tidemark.session.Session;
import dev.tidemark.turn.TurnAborts;
import dev.tidemark.wire.Abort;
import dev.tidemark.wire.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Stops the turn that is running in the session, or the next one. */
@ApplicationScoped
class AbortHandler implements FrameHandler<Abort> {
  @Inject TurnAborts aborts;
  @Inject Quotas quotas;

  @Override
  public boolean needsStorage() {
    return true;
  }

  @Override
  public Optional<CompletionStage<Runnable>> handle(Connection connection, Abort abort) {
    Session session = connection.requireJoined().requireWritable();
    Caller caller = connection.caller();
    quotas.requireAbort(caller);
    return Optional.of(
        aborts
            .abort(
                new Sender(caller.tenant(), caller.name()),
                session.sessionKey(),
                abort.reason().orElse("user"))
            .thenApply(found -> () -> requireFound(found)));
  }

  private static void requireFound(boolean found) {
    if (!found) {
      throw new RefusedException(ErrorCode.NO_RUNNING_TURN, "No turn is running in this session.");
    }
  }
}
