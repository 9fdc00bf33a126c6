package dev.tidemark.socket;

import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.ErrorFrame;
import dev.tidemark.wire.ServerFrame;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Tells the client of one connection about refusals, records them, and ends the connection if the
 * code requires it. The record never contains anything that the client sent.
 */
final class ErrorResponder {
  private static final String FRAME = "frame";
  private static final String CONNECTION = "connection";

  private final Connection connection;
  private final Refusals refusals;
  private final long maxBadFrames;

  /** Used only while a frame is handled, one at a time. */
  private int badFrames;

  ErrorResponder(Connection connection, Refusals refusals, long maxBadFrames) {
    this.connection = connection;
    this.refusals = refusals;
    this.maxBadFrames = maxBadFrames;
  }

  /**
   * Replies to an unreadable frame, up to a maximum number of them. The reply may quote the frame,
   * the record does not.
   */
  void badFrame(ErrorCode code, String message) {
    badFrames++;
    if (badFrames > maxBadFrames) {
      refuseConnection(
          FRAME,
          ErrorCode.TOO_MANY_BAD_FRAMES,
          message + " That was one bad frame too many.",
          OptionalLong.empty(),
          "Too many frames could not be read.");
    } else {
      record(FRAME, code, "A frame could not be read.", connection.joinedSessionId());
      connection.send(new ErrorFrame(code, message, OptionalLong.empty()));
    }
  }

  /** Refuses a frame, and ends the connection if the refusal's code closes it. */
  void refuseFrame(
      String type, RefusedException refused, Optional<String> sessionId, ServerFrame reply) {
    boolean closes = refused.code().closeCode().isPresent();
    if (!closes
        || connection.end(refused.code(), refused.getMessage(), refused.retryAfterSeconds())) {
      record(type, refused.code(), refused.getMessage(), sessionId);
    }
    if (!closes) {
      connection.send(reply);
    }
  }

  /** Ends the connection, with a record of the refusal. */
  void refuseConnection(ErrorCode code, String message) {
    refuseConnection(code, message, OptionalLong.empty());
  }

  /** Ends the connection and tells the client when to come back. */
  void refuseConnection(ErrorCode code, String message, OptionalLong retryAfterSeconds) {
    refuseConnection(CONNECTION, code, message, retryAfterSeconds, message);
  }

  /** Ends a connection that should not have been opened. */
  void refuseHandshake(RefusedException refused) {
    refuseConnection(
        "handshake",
        refused.code(),
        refused.getMessage(),
        refused.retryAfterSeconds(),
        refused.getMessage());
  }

  private void refuseConnection(
      String operation,
      ErrorCode code,
      String message,
      OptionalLong retryAfterSeconds,
      String recorded) {
    Optional<String> sessionId = connection.joinedSessionId();
    if (connection.end(code, message, retryAfterSeconds)) {
      record(operation, code, recorded, sessionId);
    }
  }

  private void record(
      String operation, ErrorCode code, String message, Optional<String> sessionId) {
    refusals.record(
        new Refusal(
            Refusal.Requester.of(connection.client()),
            operation,
            code.wireName(),
            message,
            OptionalInt.empty(),
            connection.hasEnded()
                ? OptionalInt.of(ClosingHandshake.closeCodeOf(code))
                : OptionalInt.empty(),
            sessionId));
  }
}
