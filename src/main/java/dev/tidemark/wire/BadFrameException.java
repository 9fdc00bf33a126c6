package dev.tidemark.wire;

import java.util.Objects;

/**
 * A client's text is not a frame. The message is for the client: it names the field, the fault and
 * the allowed values, and repeats no more than a short excerpt of the text.
 */
public final class BadFrameException extends RuntimeException {
  private final ErrorCode code;

  BadFrameException(ErrorCode code, String message) {
    super(
        message, null, false,
        false); // an answer, not a fault: a client must not make us walk stacks
    this.code = Objects.requireNonNull(code, "code");
  }

  /** The code of the {@code error} frame that reports it. */
  public ErrorCode code() {
    return code;
  }
}
