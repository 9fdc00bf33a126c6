package dev.tidemark.wire;

import java.util.Objects;
import java.util.Optional;

/**
 * A join together with the range of protocol versions that the client speaks: the door that
 * negotiates.
 *
 * @param protocolMin the oldest version that the client speaks; never above {@code protocolMax}
 * @param protocolMax the newest version that the client speaks
 * @param join the join itself, exactly as in a {@code join} frame
 */
public record Hello(int protocolMin, int protocolMax, Join join) implements ClientFrame {
  public Hello {
    Objects.requireNonNull(join, "join");
  }

  @Override
  public String type() {
    return "hello";
  }

  @Override
  public Optional<String> sessionId() {
    return join.sessionId();
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.hello(this);
  }
}
