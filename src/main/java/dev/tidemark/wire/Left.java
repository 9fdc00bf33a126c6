package dev.tidemark.wire;

import java.util.Objects;

/**
 * The reply to {@code leave}.
 *
 * @param sessionId the session that this connection no longer follows
 */
public record Left(String sessionId) implements ConnectionFrame {
  public Left {
    Objects.requireNonNull(sessionId, "sessionId");
  }

  @Override
  public String encode() {
    return JsonText.frame("left").text("session_id", sessionId).end();
  }
}
