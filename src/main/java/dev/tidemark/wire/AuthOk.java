package dev.tidemark.wire;

/**
 * The reply to {@link Auth}: the connection now lasts as long as the fresh token.
 *
 * @param expiresInMillis the remaining time of the fresh token, like {@code
 *     policy.auth_expires_in_ms} for the first one
 */
public record AuthOk(long expiresInMillis) implements ConnectionFrame {
  @Override
  public String encode() {
    return JsonText.frame("auth_ok").number("auth_expires_in_ms", expiresInMillis).end();
  }
}
