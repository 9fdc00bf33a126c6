package dev.tidemark.wire;

import java.util.Objects;
import java.util.Optional;

/**
 * The server's heartbeat, with the head, so that a client sees even the loss of the last event.
 *
 * @param position the position of the joined session's log; absent on a connection without one
 */
public record PingFrame(Optional<Position> position) implements ConnectionFrame {
  public PingFrame {
    Objects.requireNonNull(position, "position");
  }

  public PingFrame(Position position) {
    this(Optional.of(position));
  }

  public PingFrame() {
    this(Optional.empty());
  }

  @Override
  public String encode() {
    JsonText json = JsonText.frame("ping");
    position.ifPresent(p -> json.number("cursor", p.head()).number("oldest_cursor", p.floor()));
    return json.end();
  }
}
