package dev.tidemark.socket;

import dev.tidemark.wire.Pong;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Handles a client's reply to a ping: only its arrival matters, which the endpoint has noted. */
@ApplicationScoped
class PongHandler implements FrameHandler<Pong> {
  @Override
  public boolean needsStorage() {
    return false;
  }

  /** A pong is automatic, whether or not a person is there. */
  @Override
  public boolean isActivity() {
    return false;
  }

  @Override
  public Optional<CompletionStage<Runnable>> handle(Connection connection, Pong pong) {
    return Optional.empty();
  }
}
