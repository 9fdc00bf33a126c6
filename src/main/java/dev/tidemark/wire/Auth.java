package dev.tidemark.wire;

import java.util.Objects;

/**
 * A fresh access token, sent before the old one expires.
 *
 * @param token the token; it must never reach a log, so {@link #toString()} does not show it
 */
public record Auth(String token) implements ClientFrame {
  public Auth {
    Objects.requireNonNull(token, "token");
  }

  @Override
  public String toString() {
    return "Auth[token=(" + token.length() + " characters)]";
  }

  @Override
  public String type() {
    return "auth";
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.auth(this);
  }
}
