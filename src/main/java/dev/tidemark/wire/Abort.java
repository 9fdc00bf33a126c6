package dev.tidemark.wire;

import java.util.Objects;
import java.util.Optional;

/**
 * A request to stop the running turn.
 *
 * @param reason the reason, at most 500 characters; it is kept with the turn
 */
public record Abort(Optional<String> reason) implements ClientFrame {
  public Abort {
    Objects.requireNonNull(reason, "reason");
  }

  @Override
  public String type() {
    return "abort";
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.abort(this);
  }
}
