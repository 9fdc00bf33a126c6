package dev.tidemark.wire;

/** A client's heartbeat; the reply is {@link PongFrame}. */
public record Ping() implements ClientFrame {
  @Override
  public String type() {
    return "ping";
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.ping(this);
  }
}
