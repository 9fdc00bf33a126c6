package dev.tidemark.wire;

import java.util.Objects;

/**
 * An event that the client missed.
 *
 * @param event the event, whose text inside this frame is exactly the text that went out live (R3)
 */
public record Replay(EventFrame event) implements ServerFrame {
  public Replay {
    Objects.requireNonNull(event, "event");
  }

  @Override
  public String encode() {
    String live = event.encode();
    return new JsonText(live.length() + 64)
        .text("type", "replay")
        .number("seq", event.cursor())
        .json("event", live)
        .end();
  }
}
