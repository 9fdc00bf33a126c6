package dev.tidemark.socket;

import dev.tidemark.wire.Ping;
import dev.tidemark.wire.PongFrame;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Replies to a client that asks whether the gateway is there. */
@ApplicationScoped
class PingHandler implements FrameHandler<Ping> {
  @Override
  public boolean needsStorage() {
    return false;
  }

  /** A ping is sent by a timer, whether or not a person is there, so it keeps no login alive. */
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
