package dev.tidemark.socket;

import dev.tidemark.access.limit.Quotas;
import dev.tidemark.access.token.TokenException;
import dev.tidemark.config.Setting;
import dev.tidemark.config.Settings;
import dev.tidemark.log.LogBusyException;
import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.log.StorageFailure;
import dev.tidemark.log.UnknownSessionException;
import dev.tidemark.ops.Node;
import dev.tidemark.session.LeaveReason;
import dev.tidemark.session.Session;
import dev.tidemark.turn.Messages;
import dev.tidemark.turn.TurnLeases;
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
import dev.tidemark.wire.Pong;
import dev.tidemark.wire.PongFrame;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/**
 * Handles one frame of one connection: a call, and a frame for its answer. Never waits for the log.
 */
@ApplicationScoped
public class FrameHandler {
  private static final Logger LOG = Logger.getLogger(FrameHandler.class);
  private static final OptionalLong SOON = OptionalLong.of(1);

  @Inject JoinHandler joinHandler;
  @Inject AuthHandler authHandler;
  @Inject Messages messages;
  @Inject TurnLeases turns;
  @Inject Node node;
  @Inject Quotas quotas;
  @Inject Settings settings;

  /**
   * Reads a frame; a bad one is answered here.
   *
   * @param text the frame; empty if it was a binary one
   */
  Optional<ClientFrame> decode(Connection connection, Optional<String> text) {
    if (text.isEmpty()) {
      connection.bad(
          ErrorCode.BINARY_NOT_SUPPORTED, "Frames are text messages, one JSON object each.");
      return Optional.empty();
    }
    try {
      return Optional.of(FrameDecoder.decode(text.get()));
    } catch (BadFrameException e) {
      connection.bad(e.code(), e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * @return what is still under way, if anything: completed with the answer to be sent
   */
  Optional<CompletionStage<Runnable>> handle(Connection connection, ClientFrame frame) {
    if (!(frame instanceof Ping || frame instanceof Pong)) {
      connection.isBusy();
    }
    try {
      return dispatch(connection, frame);
    } catch (RuntimeException e) {
      answer(connection, frame, refusal(connection, frame, e));
      return Optional.empty();
    }
  }

  private Optional<CompletionStage<Runnable>> dispatch(Connection connection, ClientFrame frame) {
    if (needsStorage(frame) && node.isStorageAway()) {
      throw unavailable();
    }
    if (frame instanceof Message message) {
      return Optional.of(concluding(connection, frame, message(connection, message)));
    }
    if (frame instanceof Hello hello) {
      connection.saidItsSession();
      return Optional.of(concluding(connection, frame, joinHandler.hello(connection, hello)));
    }
    if (frame instanceof Join join) {
      connection.saidItsSession();
      return Optional.of(concluding(connection, frame, joinHandler.join(connection, join)));
    }
    if (frame instanceof Auth auth) {
      return Optional.of(concluding(connection, frame, authHandler.renew(connection, auth)));
    }
    if (frame instanceof Abort abort) {
      abort(connection, abort);
    } else if (frame instanceof Leave) {
      Session session = joined(connection).session();
      connection.left(LeaveReason.LEFT);
      connection.send(new Left(session.sessionId()));
    } else if (frame instanceof Ping) {
      connection.send(new PongFrame());
    }
    return Optional.empty();
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
  private CompletionStage<Runnable> message(Connection connection, Message message) {
    Session session = joinedToWrite(connection);
    requireWelcome(connection);
    String messageId = message.messageId().orElseGet(() -> UUID.randomUUID().toString());
    return messages
        .accept(
            session, connection.caller().name(), messageId, message.content(), message.metadata())
        .thenApply(
            receipt ->
                () ->
                    connection.send(
                        new MessageAck(
                            receipt.messageId(), receipt.cursor(), receipt.duplicate())));
  }

  /** One more than a minute's is not taken, and the connection goes on. */
  private void requireWelcome(Connection connection) {
    OptionalLong wait = quotas.message(connection.caller());
    if (wait.isPresent()) {
      throw new RefusedException(
          ErrorCode.TOO_MANY_MESSAGES,
          "At most "
              + settings.number(Setting.MESSAGES_PER_MINUTE)
              + " messages a minute for one principal. Send it again later.",
          wait);
    }
  }

  /** What remains to be done when a frame's work is done, or has failed. */
  private static CompletionStage<Runnable> concluding(
      Connection connection, ClientFrame frame, CompletionStage<Runnable> work) {
    return work.handle(
        (conclusion, failure) ->
            () -> {
              try {
                if (failure != null) {
                  answer(connection, frame, refusal(connection, frame, failure));
                } else {
                  conclusion.run();
                }
              } catch (RuntimeException e) {
                answer(connection, frame, refusal(connection, frame, e));
              }
            });
  }

  private void abort(Connection connection, Abort abort) {
    if (turns
        .abort(joinedToWrite(connection).sessionKey(), abort.reason().orElse("user"))
        .isEmpty()) {
      throw new RefusedException(ErrorCode.NO_RUNNING_TURN, "No turn is running in this session.");
    }
  }

  /** Who was let in to follow may do no more than that. */
  private static Session joinedToWrite(Connection connection) {
    JoinedSession joined = joined(connection);
    if (!joined.access().mayWrite()) {
      throw new RefusedException(
          ErrorCode.NOT_ALLOWED, "This session is shared with you to read, not to write.");
    }
    return joined.session();
  }

  private static JoinedSession joined(Connection connection) {
    return connection
        .membership()
        .orElseThrow(() -> new RefusedException(ErrorCode.NOT_JOINED, "Join a session first."));
  }

  private static RefusedException refusal(
      Connection connection, ClientFrame frame, Throwable thrown) {
    Throwable failure = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (failure instanceof RefusedException refused) {
      return refused;
    }
    if (failure instanceof TokenException token) {
      boolean later = token.code() == ErrorCode.KEYS_UNAVAILABLE;
      return new RefusedException(
          token.code(), token.getMessage(), later ? SOON : OptionalLong.empty());
    }
    if (failure instanceof LogBusyException) {
      return new RefusedException(ErrorCode.UNAVAILABLE, failure.getMessage(), SOON);
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
    String operation = frame.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    Optional<String> sessionId = sessionOf(connection, frame);
    if (refusal.code().closeCode().isPresent()) {
      if (connection.end(refusal.code(), refusal.getMessage(), refusal.retryAfterSeconds())) {
        connection.record(operation, refusal.code(), refusal.getMessage(), sessionId);
      }
      return;
    }
    connection.record(operation, refusal.code(), refusal.getMessage(), sessionId);
    if (frame instanceof Hello) {
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

  /** The session that a frame is about. */
  private static Optional<String> sessionOf(Connection connection, ClientFrame frame) {
    if (frame instanceof Join join) {
      return join.sessionId();
    }
    return frame instanceof Hello hello ? hello.join().sessionId() : connection.joinedSession();
  }
}
