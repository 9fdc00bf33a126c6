package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Name;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * An event that has no cursor yet. It gets its id here, before it is appended, so that an append
 * whose outcome is unknown (the connection died during the commit) can be repeated without
 * appending twice.
 *
 * @param data the payload, one JSON object on one line, kept and sent verbatim (R3)
 */
public record Draft(UUID eventId, String type, String source, Optional<UUID> turnId, String data) {
  public Draft {
    Objects.requireNonNull(eventId);
    Objects.requireNonNull(turnId);
    Objects.requireNonNull(data);
    EventFrame.requireType(type);
    if (source.isEmpty() || Name.isTooLong(source)) {
      throw new IllegalArgumentException(
          "An event's source has 1 to " + Name.MAX_LENGTH + " characters.");
    }
    if (data.indexOf('\n') >= 0 || data.indexOf('\r') >= 0) { // a line is a frame in a batch
      throw new IllegalArgumentException("An event's data is JSON on one line.");
    }
  }

  public static Draft of(String type, String source, String data) {
    return new Draft(EventIds.next(), type, source, Optional.empty(), data);
  }

  public static Draft ofTurn(UUID turnId, String type, String source, String data) {
    return new Draft(EventIds.next(), type, source, Optional.of(turnId), data);
  }
}
