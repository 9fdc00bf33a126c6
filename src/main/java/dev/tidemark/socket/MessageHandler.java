package dev.tidemark.socket;

import dev.tidemark.access.limit.Quotas;
import dev.tidemark.session.Session;
import dev.tidemark.turn.Messages;
import dev.tidemark.wire.ErrorFrame;
import dev.tidemark.wire.Message;
import dev.tidemark.wire.MessageAck;
import dev.tidemark.wire.ServerFrame;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Gives a message to the session's agent; it is acknowledged only when it is durable (R10). */
@ApplicationScoped
class MessageHandler implements FrameHandler<Message> {
  @Inject Messages messages;
  @Inject Quotas quotas;

  @Override
  public boolean needsStorage() {
    return true;
  }

  @Override
  public Optional<CompletionStage<Runnable>> handle(Connection connection, Message message) {
    Session session = connection.requireJoined().requireWritable();
    quotas.requireMessage(connection.caller());
    String messageId = message.messageId().orElseGet(() -> UUID.randomUUID().toString());
    return Optional.of(
        messages
            .accept(
                session,
                connection.caller().name(),
                messageId,
                message.content(),
                message.metadata())
            .thenApply(receipt -> () -> acknowledge(connection, receipt)));
  }

  private static void acknowledge(Connection connection, Messages.Receipt receipt) {
    connection.send(new MessageAck(receipt.messageId(), receipt.cursor(), receipt.duplicate()));
  }

  /** Names the message, so that the client knows which one was not taken. */
  @Override
  public ServerFrame refusal(Message message, RefusedException refused) {
    return new ErrorFrame(
        refused.code(), refused.getMessage(), refused.retryAfterSeconds(), message.messageId());
  }
}
