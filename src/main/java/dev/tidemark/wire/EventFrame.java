package dev.tidemark.wire;

import java.time.Instant;
import java.util.Objects;

/**
 * One event of a session. Its text is the same live and replayed, byte for byte, and its {@code
 * seq} is its durable cursor (R3).
 *
 * @param cursor the event's cursor, 1 or more; on the wire both {@code seq} and {@code cursor}
 * @param eventId the event's own id, a UUID
 * @param type the event's type, see {@link #requireType}
 * @param source the event's origin: an agent's id or a principal
 * @param turnId the event's turn, or {@code null} outside turns; then the field is left out
 * @param timestamp the time of recording, sent with microseconds
 * @param data the payload: the text of a JSON object, sent verbatim
 */
public record EventFrame(
    long cursor,
    String eventId,
    String type,
    String source,
    String turnId,
    Instant timestamp,
    String data)
    implements ServerFrame {
  private static final int MAX_TYPE_LENGTH = 64;

  public EventFrame {
    Objects.requireNonNull(eventId, "eventId");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(timestamp, "timestamp");
    Objects.requireNonNull(data, "data");
  }

  /**
   * Refuses an invalid type of event. A type has 1 to 64 lower-case letters, digits, {@code _} and
   * {@code .}, and is not the name of one of the connection's own frames, which are not sequenced
   * (R5).
   *
   * @throws IllegalArgumentException if the type is invalid
   */
  public static void requireType(String type) {
    if (type.isEmpty() || type.length() > MAX_TYPE_LENGTH) {
      throw new IllegalArgumentException(
          "An event type has 1 to 64 characters, not " + type.length());
    }
    for (int i = 0; i < type.length(); i++) {
      if (!isAllowedInType(type.charAt(i))) {
        throw new IllegalArgumentException(
            "An event type is made of a-z, 0-9, '_' and '.', not '" + type + "'");
      }
    }
    if (ConnectionFrame.TYPES.contains(type)) {
      throw new IllegalArgumentException("'" + type + "' is the name of a connection's own frame");
    }
  }

  @Override
  public String encode() {
    StringBuilder out = new StringBuilder(data.length() + 320);
    write(out);
    return out.toString();
  }

  /** Appends the frame to the text. */
  void write(StringBuilder out) {
    JsonText json =
        new JsonText(out)
            .plain("type", type)
            .number("seq", cursor)
            .number("cursor", cursor)
            .plain("event_id", eventId)
            .time("timestamp", timestamp)
            .text("source", source);
    if (turnId != null) {
      json.plain("turn_id", turnId);
    }
    json.json("data", data).close();
  }

  private static boolean isAllowedInType(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  }
}
