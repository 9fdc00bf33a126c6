package dev.tidemark.wire;

import java.util.Objects;
import java.util.Optional;

/**
 * The server's heartbeat. It tells the head, so that a client sees even the loss of the last event.
 *
 * @param position where the joined session's log stands; absent on a connection that has joined
 *     none
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
