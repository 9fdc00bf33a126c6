package dev.tidemark.socket;

import dev.tidemark.wire.Pong;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A client's answer to a ping: that it came is all that it says, and the endpoint noted that. */
@ApplicationScoped
class PongHandler implements FrameHandler<Pong> {
  @Override
  public boolean needsStorage() {
    return false;
  }

  /** It comes by itself, whether or not anybody is there. */
  @Override
  public boolean isActivity() {
    return false;
  }

  @Override
  public Optional<CompletionStage<Runnable>> handle(Connection connection, Pong pong) {
    return Optional.empty();
  }
}
