package dev.tidemark.socket;

import dev.tidemark.wire.Ping;
import dev.tidemark.wire.PongFrame;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Answers a client that asks whether the gateway is there. */
@ApplicationScoped
class PingHandler implements FrameHandler<Ping> {
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
  public Optional<CompletionStage<Runnable>> handle(Connection connection, Ping ping) {
    connection.send(new PongFrame());
    return Optional.empty();
  }
}
