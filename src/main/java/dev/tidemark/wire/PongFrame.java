package dev.tidemark.wire;

/** The answer to a client's {@link Ping}. */
public record PongFrame() implements ConnectionFrame {
  @Override
  public String encode() {
    return JsonText.frame("pong").end();
  }
}
