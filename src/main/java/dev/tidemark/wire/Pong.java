package dev.tidemark.wire;

/** A client's optional reply to a {@link PingFrame}: a sign of life and nothing more. */
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
