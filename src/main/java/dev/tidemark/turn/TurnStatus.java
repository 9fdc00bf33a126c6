package dev.tidemark.turn;

import dev.tidemark.wire.EventTypes;
import java.util.Locale;
import java.util.Map;

/** The status of a turn: queued, running, then one of the four ends, which is final. */
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

  /** The spelling in the database and in {@code stream_end}. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type of the terminal event; {@code null} before the end. */
  String terminalEvent() {
    return TERMINAL_EVENTS.get(this);
  }

  static TurnStatus of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
