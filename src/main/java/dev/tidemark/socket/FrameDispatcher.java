package dev.tidemark.socket;

import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.ops.Node;
import dev.tidemark.wire.Abort;
import dev.tidemark.wire.Auth;
import dev.tidemark.wire.BadFrameException;
import dev.tidemark.wire.ClientFrame;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.ErrorFrame;
import dev.tidemark.wire.FrameDecoder;
import dev.tidemark.wire.Hello;
import dev.tidemark.wire.Join;
import dev.tidemark.wire.Leave;
import dev.tidemark.wire.Message;
import dev.tidemark.wire.Ping;
import dev.tidemark.wire.Pong;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** Gives each frame to its handler, and tells the client about refusals. */
@ApplicationScoped
class FrameDispatcher {
  private static final int MAX_SEARCHED_LENGTH = 65_536;
  private static final String NO_MEMORY =
      "Your frames take all the memory that is yours. Nothing was acknowledged; send it again.";

  @Inject HelloHandler hello;
  @Inject JoinHandler join;
  @Inject MessageHandler message;
  @Inject AbortHandler abort;
  @Inject LeaveHandler leave;
  @Inject PingHandler ping;
  @Inject PongHandler pong;
  @Inject AuthHandler auth;
  @Inject Node node;
  @Inject Quotas quotas;

  /** Counts a frame, before anything else is done for it; false if it was one too many. */
  boolean admits(Connection connection) {
    try {
      quotas.requireFrame(connection.caller());
      return true;
    } catch (QuotaExceededException e) {
      RefusedException refused = RefusedException.of(e);
      connection
          .errors()
          .refuseConnection(refused.code(), refused.getMessage(), refused.retryAfterSeconds());
      return false;
    }
  }

  /**
   * Reads a frame; replies to a bad one itself.
   *
   * @param text the frame; empty if it was a binary one
   */
  Optional<ClientFrame> decode(Connection connection, Optional<String> text) {
    if (text.isEmpty()) {
      connection
          .errors()
          .badFrame(
              ErrorCode.BINARY_NOT_SUPPORTED, "Frames are text messages, one JSON object each.");
      return Optional.empty();
    }
    try {
      return Optional.of(FrameDecoder.decode(text.get()));
    } catch (BadFrameException e) {
      connection.errors().badFrame(e.code(), e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Refuses a frame because its principal has no memory left for it, and nothing is done. A message
   * is named, if it is small enough to look for its name; a larger one ends the connection.
   */
  void refuseForMemory(Connection connection, String text) {
    if (text.length() > MAX_SEARCHED_LENGTH) {
      connection.errors().refuseConnection(ErrorCode.TOO_FAST, NO_MEMORY, OptionalLong.of(1));
      return;
    }
    RefusedException refused =
        new RefusedException(ErrorCode.UNAVAILABLE, NO_MEMORY, OptionalLong.of(1));
    connection
        .errors()
        .refuseFrame(
            "frame",
            refused,
            connection.joinedSessionId(),
            new ErrorFrame(
                refused.code(),
                refused.getMessage(),
                refused.retryAfterSeconds(),
                FrameDecoder.messageId(text)));
  }

  /**
   * Handles a frame.
   *
   * @return the work still under way, if any; it completes with the rest of the work, to be run on
   *     a thread that may wait
   */
  Optional<CompletionStage<Runnable>> dispatch(Connection connection, ClientFrame frame) {
    return frame.accept(new Dispatch(connection));
  }

  private final class Dispatch implements ClientFrame.Visitor<Optional<CompletionStage<Runnable>>> {
    private final Connection connection;

    Dispatch(Connection connection) {
      this.connection = connection;
    }

    @Override
    public Optional<CompletionStage<Runnable>> hello(Hello frame) {
      return handle(hello, connection, frame);
    }

    @Override
    public Optional<CompletionStage<Runnable>> join(Join frame) {
      return handle(join, connection, frame);
    }

    @Override
    public Optional<CompletionStage<Runnable>> message(Message frame) {
      return handle(message, connection, frame);
    }

    @Override
    public Optional<CompletionStage<Runnable>> abort(Abort frame) {
      return handle(abort, connection, frame);
    }

    @Override
    public Optional<CompletionStage<Runnable>> leave(Leave frame) {
      return handle(leave, connection, frame);
    }

    @Override
    public Optional<CompletionStage<Runnable>> ping(Ping frame) {
      return handle(ping, connection, frame);
    }

    @Override
    public Optional<CompletionStage<Runnable>> pong(Pong frame) {
      return handle(pong, connection, frame);
    }

    @Override
    public Optional<CompletionStage<Runnable>> auth(Auth frame) {
      return handle(auth, connection, frame);
    }
  }

  private <F extends ClientFrame> Optional<CompletionStage<Runnable>> handle(
      FrameHandler<F> handler, Connection connection, F frame) {
    if (handler.isActivity()) {
      connection.noteActivity();
    }
    try {
      if (handler.needsStorage() && node.isStorageAway()) {
        throw Failures.storageAway();
      }
      return handler
          .handle(connection, frame)
          .map(work -> concluding(handler, connection, frame, work));
    } catch (RuntimeException | Error e) {
      refuse(handler, connection, frame, e);
      return Optional.empty();
    }
  }

  /** Completes with the frame's conclusion, or with its refusal if the work has failed. */
  private static <F extends ClientFrame> CompletionStage<Runnable> concluding(
      FrameHandler<F> handler, Connection connection, F frame, CompletionStage<Runnable> work) {
    return work.handle(
        (conclusion, failure) ->
            () -> {
              if (failure != null) {
                refuse(handler, connection, frame, failure);
                return;
              }
              try {
                conclusion.run();
              } catch (RuntimeException | Error e) {
                refuse(handler, connection, frame, e);
              }
            });
  }

  private static <F extends ClientFrame> void refuse(
      FrameHandler<F> handler, Connection connection, F frame, Throwable failure) {
    RefusedException refused = Failures.refusal(failure, connection, frame);
    connection
        .errors()
        .refuseFrame(
            frame.type(),
            refused,
            handler.sessionId(connection, frame),
            handler.refusal(frame, refused));
  }
}
