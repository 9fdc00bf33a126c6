package dev.tidemark.wire;

/** The reply to a client's {@link Ping}. */
public record PongFrame() implements ConnectionFrame {
  @Override
  public String encode() {
    return JsonText.frame("pong").end();
  }
}
