package dev.tidemark.wire;

/**
 * A client's answer to our {@link PingFrame}. It may say so; nothing follows from it but that it is
 * alive.
 */
public record Pong() implements ClientFrame {
  @Override
  public String type() {
    return "pong";
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.pong(this);
  }
}
