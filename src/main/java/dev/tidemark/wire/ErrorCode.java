package dev.tidemark.wire;

import static dev.tidemark.wire.NextStep.DO_NOT_RETRY;
import static dev.tidemark.wire.NextStep.REAUTHENTICATE;
import static dev.tidemark.wire.NextStep.UPGRADE_CLIENT;
import static dev.tidemark.wire.NextStep.WAIT_THEN_RETRY;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The code of an {@code error} or {@code hello_error}. A code with a close code is followed by that
 * close; the others leave the connection usable. A code that closes always has a next step, the
 * same as its close code.
 */
public enum ErrorCode {
  BAD_JSON,
  INVALID_FRAME,
  UNKNOWN_FRAME,
  BINARY_NOT_SUPPORTED,
  INVALID_SINCE,
  INVALID_SESSION_ID,
  INVALID_MESSAGE,
  NO_SUCH_SESSION,
  UNKNOWN_AGENT,
  AGENT_MISMATCH,
  NOT_JOINED,
  NO_RUNNING_TURN,
  PAYLOAD_TOO_LARGE(CloseCode.TOO_LARGE, DO_NOT_RETRY),
  TOO_MANY_BAD_FRAMES(CloseCode.BAD_FRAMES, DO_NOT_RETRY),
  TOO_MANY_CONNECTIONS(CloseCode.TOO_MANY, WAIT_THEN_RETRY),
  TOO_MANY_JOINS(CloseCode.TOO_MANY, WAIT_THEN_RETRY),
  TOO_MANY_MESSAGES(WAIT_THEN_RETRY),
  TOO_MANY_TURNS(WAIT_THEN_RETRY),
  TOO_MANY_ABORTS(WAIT_THEN_RETRY),
  TOO_MANY_SESSIONS(DO_NOT_RETRY),
  TOO_FAST(CloseCode.TRY_LATER, WAIT_THEN_RETRY),
  TOO_SLOW(CloseCode.TRY_LATER, WAIT_THEN_RETRY),
  JOIN_TIMEOUT(CloseCode.SILENT, WAIT_THEN_RETRY),
  SILENT(CloseCode.SILENT, WAIT_THEN_RETRY),
  RESTARTING(CloseCode.RESTARTING, WAIT_THEN_RETRY),
  UNAVAILABLE(WAIT_THEN_RETRY),
  INTERNAL,
  PROTOCOL_MISMATCH(UPGRADE_CLIENT),
  AUTH_REQUIRED(CloseCode.CREDENTIALS, REAUTHENTICATE),
  AUTH_EXPIRED(CloseCode.CREDENTIALS, REAUTHENTICATE),
  LOGGED_OUT(CloseCode.CREDENTIALS, REAUTHENTICATE),
  AUTH_UNAVAILABLE,
  MALFORMED_TOKEN(REAUTHENTICATE),
  WRONG_TOKEN_TYPE(REAUTHENTICATE),
  BAD_SIGNATURE(REAUTHENTICATE),
  WRONG_ISSUER(REAUTHENTICATE),
  WRONG_AUDIENCE(REAUTHENTICATE),
  TOKEN_EXPIRED(REAUTHENTICATE),
  TOKEN_NOT_YET_VALID(REAUTHENTICATE),
  WRONG_CALLER(REAUTHENTICATE),
  NAME_TOO_LONG(DO_NOT_RETRY),
  KEYS_UNAVAILABLE(WAIT_THEN_RETRY),
  NOT_ALLOWED(DO_NOT_RETRY),
  NO_LONGER_MEMBER(CloseCode.NOT_ALLOWED, DO_NOT_RETRY),
  ROLE_LOST(CloseCode.NOT_ALLOWED, DO_NOT_RETRY);

  private final String wireName = name().toLowerCase(Locale.ROOT);
  private final OptionalInt closeCode;
  private final Optional<NextStep> nextStep;

  ErrorCode() {
    this.closeCode = OptionalInt.empty();
    this.nextStep = Optional.empty();
  }

  ErrorCode(NextStep nextStep) {
    this.closeCode = OptionalInt.empty();
    this.nextStep = Optional.of(nextStep);
  }

  ErrorCode(int closeCode, NextStep nextStep) {
    this.closeCode = OptionalInt.of(closeCode);
    this.nextStep = Optional.of(nextStep);
  }

  /** The name on the wire: the constant's, in lower case. */
  public String wireName() {
    return wireName;
  }

  /** The close code that follows; empty when the connection stays usable. */
  public OptionalInt closeCode() {
    return closeCode;
  }

  /** The step that the client should take; empty when the message itself says it. */
  public Optional<NextStep> nextStep() {
    return nextStep;
  }
}
