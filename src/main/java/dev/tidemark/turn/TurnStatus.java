package dev.tidemark.turn;

import dev.tidemark.wire.EventTypes;
import java.util.Locale;
import java.util.Map;

/** Where a turn is in its life: queued, running, then one of the four ends and nothing after it. */
enum TurnStatus {
  QUEUED,
  RUNNING,
  COMPLETED,
  FAILED,
  ABORTED,
  INTERRUPTED;

  private static final Map<TurnStatus, String> TERMINAL_EVENTS =
      Map.of(
          COMPLETED, EventTypes.RESPONSE,
          FAILED, EventTypes.TURN_FAILED,
          ABORTED, EventTypes.ABORTED,
          INTERRUPTED, EventTypes.TURN_INTERRUPTED);

  /** As the database and {@code stream_end} spell it. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type of the event that says so. */
  String terminalEvent() {
    return TERMINAL_EVENTS.get(this);
  }

  static TurnStatus of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
