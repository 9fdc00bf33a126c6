package dev.tidemark.access;

import java.util.Optional;

/** A request that {@link Gate} does not let pass, and what its client is told. */
final class DeniedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final long waitSeconds;
  private String challenge;

  DeniedException(int status, String code, String message) {
    this(status, code, message, 0);
  }

  /**
   * @param waitSeconds when to come back; 0 says nothing
   */
  DeniedException(int status, String code, String message, long waitSeconds) {
    super(message);
    this.status = status;
    this.code = code;
    this.waitSeconds = waitSeconds;
  }

  /** The same may be asked again in a moment. */
  static DeniedException forNow(String message) {
    return forNow("unavailable", message);
  }

  static DeniedException forNow(String code, String message) {
    return new DeniedException(503, code, message, 5);
  }

  /** Says with which credentials the client would get further. */
  DeniedException challenging(String scheme) {
    challenge = scheme;
    return this;
  }

  /** The value of {@code WWW-Authenticate}. */
  Optional<String> challenge() {
    return Optional.ofNullable(challenge);
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  long waitSeconds() {
    return waitSeconds;
  }
}
