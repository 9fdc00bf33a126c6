package dev.tidemark.socket;

import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.token.TokenException;
import dev.tidemark.log.LogBusyException;
import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.log.StorageFailure;
import dev.tidemark.log.UnknownSessionException;
import dev.tidemark.session.NoHeapException;
import dev.tidemark.turn.TooManyTurnsException;
import dev.tidemark.wire.ClientFrame;
import dev.tidemark.wire.ErrorCode;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/** Translates failures in handling frames into refusals for the client. */
final class Failures {
  private static final Logger LOG = Logger.getLogger(Failures.class);
  private static final OptionalLong SOON = OptionalLong.of(1);

  private Failures() {}

  /** The refusal for a failure; an unexpected failure is logged. */
  static RefusedException refusal(Throwable thrown, Connection connection, ClientFrame frame) {
    Throwable failure = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (failure instanceof RefusedException refused) {
      return refused;
    }
    if (failure instanceof QuotaExceededException exceeded) {
      return RefusedException.of(exceeded);
    }
    if (failure instanceof TokenException token) {
      boolean later = token.code() == ErrorCode.KEYS_UNAVAILABLE;
      return new RefusedException(
          token.code(), token.getMessage(), later ? SOON : OptionalLong.empty());
    }
    if (failure instanceof TooManyTurnsException exceeded) {
      return new RefusedException(
          ErrorCode.TOO_MANY_TURNS,
          exceeded.getMessage(),
          OptionalLong.of(exceeded.retryAfterSeconds()));
    }
    if (failure instanceof LogBusyException || failure instanceof NoHeapException) {
      return new RefusedException(ErrorCode.UNAVAILABLE, failure.getMessage(), SOON);
    }
    if (failure instanceof PayloadTooLargeException) {
      return new RefusedException(ErrorCode.INVALID_MESSAGE, failure.getMessage());
    }
    if (failure instanceof UnknownSessionException) { // lost in a restore
      return new RefusedException(ErrorCode.NO_SUCH_SESSION, "There is no such session any more.");
    }
    if (StorageFailure.isTransient(failure)) {
      return storageAway();
    }
    LOG.errorf(
        failure,
        "TIDE0204 A frame of %s could not be handled: %s",
        connection,
        frame.getClass().getSimpleName());
    return new RefusedException(
        ErrorCode.INTERNAL, "The gateway failed. Nothing was acknowledged.");
  }

  static RefusedException storageAway() {
    return new RefusedException(
        ErrorCode.UNAVAILABLE,
        "The database does not answer. Nothing was acknowledged; send it again.",
        SOON);
  }
}
