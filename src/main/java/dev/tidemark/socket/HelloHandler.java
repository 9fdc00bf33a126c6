package dev.tidemark.socket;

import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.WireSettings;
import dev.tidemark.retention.ReplayWindow;
import dev.tidemark.retention.ReplayWindows;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.Hello;
import dev.tidemark.wire.HelloError;
import dev.tidemark.wire.HelloOk;
import dev.tidemark.wire.Joined;
import dev.tidemark.wire.Policy;
import dev.tidemark.wire.ServerFrame;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Joins a session for a client that names the versions of the protocol that it speaks. */
@ApplicationScoped
class HelloHandler implements FrameHandler<Hello> {
  @Inject JoinHandler joinHandler;
  @Inject Settings settings;
  @Inject ReplayWindows replayWindows;

  @Override
  public boolean needsStorage() {
    return true;
  }

  @Override
  public Optional<CompletionStage<Runnable>> handle(Connection connection, Hello hello) {
    connection.noteSessionNamed();
    if (hello.protocolMin() > Joined.PROTOCOL_VERSION
        || hello.protocolMax() < Joined.PROTOCOL_VERSION) {
      throw new RefusedException(
          ErrorCode.PROTOCOL_MISMATCH,
          "This gateway speaks protocol %d, the client %d to %d."
              .formatted(Joined.PROTOCOL_VERSION, hello.protocolMin(), hello.protocolMax()));
    }
    return Optional.of(
        joinHandler.join(
            connection,
            hello.join(),
            joined -> new HelloOk(joined, policy(connection, joined.agentId()))));
  }

  @Override
  public Optional<String> sessionId(Connection connection, Hello hello) {
    return hello.sessionId();
  }

  @Override
  public ServerFrame refusal(Hello hello, RefusedException refused) {
    return new HelloError(refused.code(), refused.getMessage(), refused.retryAfterSeconds());
  }

  private Policy policy(Connection connection, String agentId) {
    ReplayWindow window = replayWindows.of(connection.caller().tenant(), agentId);
    return new Policy(
        settings.get(WireSettings.MAX_PAYLOAD_BYTES),
        settings.get(WireSettings.HEARTBEAT).toMillis(),
        settings.get(WireSettings.SILENCE).toMillis(),
        settings.get(WireSettings.MAX_BAD_FRAMES),
        settings.get(DeliverySettings.PAGE_EVENTS),
        window.age().toMillis(),
        window.events(),
        connection.millisToExpiry());
  }
}
