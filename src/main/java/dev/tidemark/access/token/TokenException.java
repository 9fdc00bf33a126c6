package dev.tidemark.access.token;

import dev.tidemark.wire.ErrorCode;

/**
 * A token is rejected. Code and message may be shown to its bearer; neither contains any part of
 * the token.
 */
public final class TokenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  public TokenException(ErrorCode code, String message) {
    super(message);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }
}
