package dev.tidemark.wire;

/**
 * The answer to {@link Auth}: the connection has until then.
 *
 * @param expiresInMillis how long the fresh token lasts, as {@code policy.auth_expires_in_ms} says
 *     it of the first one
 */
public record AuthOk(long expiresInMillis) implements ConnectionFrame {
  @Override
  public String encode() {
    return JsonText.frame("auth_ok").number("auth_expires_in_ms", expiresInMillis).end();
  }
}
