package dev.tidemark.wire;

/** A request to leave the session. The socket stays open and may join again. */
public record Leave() implements ClientFrame {
  @Override
  public String type() {
    return "leave";
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.leave(this);
  }
}
