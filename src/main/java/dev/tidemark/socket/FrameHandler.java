package dev.tidemark.socket;

import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.log.StorageFailure;
import dev.tidemark.log.UnknownSessionException;
import dev.tidemark.ops.Node;
import dev.tidemark.session.Session;
import dev.tidemark.turn.Messages;
import dev.tidemark.turn.TurnQueue;
import dev.tidemark.wire.Abort;
import dev.tidemark.wire.Auth;
import dev.tidemark.wire.BadFrameException;
import dev.tidemark.wire.ClientFrame;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.ErrorFrame;
import dev.tidemark.wire.FrameDecoder;
import dev.tidemark.wire.Hello;
import dev.tidemark.wire.HelloError;
import dev.tidemark.wire.Join;
import dev.tidemark.wire.Leave;
import dev.tidemark.wire.Left;
import dev.tidemark.wire.Message;
import dev.tidemark.wire.MessageAck;
import dev.tidemark.wire.Ping;
import dev.tidemark.wire.PongFrame;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Handles one frame of one connection: a call, and a frame for its answer. */
@ApplicationScoped
public class FrameHandler {
  private static final Logger LOG = Logger.getLogger(FrameHandler.class);
  private static final OptionalLong SOON = OptionalLong.of(1);

  @Inject Joining joining;
  @Inject Messages messages;
  @Inject TurnQueue turns;
  @Inject Node node;

  /**
   * @param text the frame; empty if it was a binary one
   */
  void handle(Connection connection, Optional<String> text) {
    if (text.isEmpty()) {
      connection.bad(
          ErrorCode.BINARY_NOT_SUPPORTED, "Frames are text messages, one JSON object each.");
      return;
    }
    ClientFrame frame;
    try {
      frame = FrameDecoder.decode(text.get());
    } catch (BadFrameException e) {
      connection.bad(e.code(), e.getMessage());
      return;
    }
    try {
      dispatch(connection, frame);
    } catch (RuntimeException e) {
      answer(connection, frame, refusal(connection, frame, e));
    }
  }

  private void dispatch(Connection connection, ClientFrame frame) {
    if (needsStorage(frame) && node.isStorageAway()) {
      throw unavailable();
    }
    if (frame instanceof Hello hello) {
      joining.hello(connection, hello);
    } else if (frame instanceof Join join) {
      joining.join(connection, join);
    } else if (frame instanceof Message message) {
      message(connection, message);
    } else if (frame instanceof Abort abort) {
      abort(connection, abort);
    } else if (frame instanceof Leave) {
      Session session = joined(connection);
      connection.left();
      connection.send(new Left(session.sessionId()));
    } else if (frame instanceof Ping) {
      connection.send(new PongFrame());
    } else if (frame instanceof Auth) {
      throw new RefusedException(
          ErrorCode.AUTH_UNAVAILABLE,
          "These credentials do not expire: there is nothing to renew.");
    }
  }

  private static boolean needsStorage(ClientFrame frame) {
    return frame instanceof Hello
        || frame instanceof Join
        || frame instanceof Message
        || frame instanceof Abort;
  }

  private static RefusedException unavailable() {
    return new RefusedException(
        ErrorCode.UNAVAILABLE,
        "The database does not answer. Nothing was acknowledged; send it again.",
        SOON);
  }

  /** Acknowledged only when it is durable (R10). */
  private void message(Connection connection, Message message) {
    Session session = joined(connection);
    String messageId = message.messageId().orElseGet(() -> UUID.randomUUID().toString());
    Messages.Receipt receipt =
        messages.accept(
            session, connection.caller().name(), messageId, message.content(), message.metadata());
    connection.send(new MessageAck(receipt.messageId(), receipt.cursor(), receipt.duplicate()));
  }

  private void abort(Connection connection, Abort abort) {
    if (turns.abort(joined(connection).sessionKey(), abort.reason().orElse("user")).isEmpty()) {
      throw new RefusedException(ErrorCode.NO_RUNNING_TURN, "No turn is running in this session.");
    }
  }

  private static Session joined(Connection connection) {
    return connection
        .membership()
        .map(Membership::session)
        .orElseThrow(() -> new RefusedException(ErrorCode.NOT_JOINED, "Join a session first."));
  }

  private static RefusedException refusal(
      Connection connection, ClientFrame frame, RuntimeException failure) {
    if (failure instanceof RefusedException refused) {
      return refused;
    }
    if (failure instanceof PayloadTooLargeException) {
      return new RefusedException(ErrorCode.INVALID_MESSAGE, failure.getMessage());
    }
    if (failure instanceof UnknownSessionException) { // a restore took it
      return new RefusedException(ErrorCode.NO_SUCH_SESSION, "There is no such session any more.");
    }
    if (StorageFailure.isTransient(failure)) {
      return unavailable();
    }
    LOG.errorf(
        failure,
        "TIDE0204 Connection %s: a %s could not be handled.",
        connection,
        frame.getClass().getSimpleName());
    return new RefusedException(
        ErrorCode.INTERNAL, "The gateway failed. Nothing was acknowledged.");
  }

  private static void answer(Connection connection, ClientFrame frame, RefusedException refusal) {
    if (refusal.code().closeCode().isPresent()) {
      connection.end(refusal.code(), refusal.getMessage(), refusal.retryAfterSeconds());
    } else if (frame instanceof Hello) {
      connection.send(
          new HelloError(refusal.code(), refusal.getMessage(), refusal.retryAfterSeconds()));
    } else {
      connection.send(
          new ErrorFrame(
              refusal.code(),
              refusal.getMessage(),
              refusal.retryAfterSeconds(),
              frame instanceof Message message ? message.messageId() : Optional.empty()));
    }
  }
}
