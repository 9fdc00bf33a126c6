package dev.tidemark.wire;

import java.util.Objects;

/**
 * An event that the client missed.
 *
 * @param event the event, whose text inside this frame is exactly the text that went out live (R3)
 * @param fromCursor the first cursor that the frame stands for: the event's own, or an earlier one
 *     where deltas were left out before it (R4)
 */
public record Replay(EncodedEvent event, long fromCursor) implements ConnectionFrame {
  private static final int CHARACTERS_AROUND = 96;

  public Replay {
    Objects.requireNonNull(event, "event");
  }

  @Override
  public String encode() {
    return text().text();
  }

  /** The frame as it goes out. */
  public EncodedFrame text() {
    return fromCursor == event.cursor()
        ? event.replay()
        : around(event.live(), event.cursor(), fromCursor);
  }

  /** Counts only the text around the event anew; each of its characters is one byte. */
  static EncodedFrame around(EncodedFrame live, long cursor, long fromCursor) {
    StringBuilder out = new StringBuilder(live.text().length() + CHARACTERS_AROUND);
    append(out, live, cursor, fromCursor);
    int bytesAround = out.length() - live.text().length();
    return new EncodedFrame(out.toString(), bytesAround + live.bytes());
  }

  /** Does the same for an event that has no text yet. */
  static EncodedFrame around(EventFrame event) {
    StringBuilder out = new StringBuilder(event.data().length() + 4 * CHARACTERS_AROUND);
    append(out, event);
    return EncodedFrame.of(out.toString());
  }

  static void append(StringBuilder out, EncodedFrame live, long cursor, long fromCursor) {
    begin(out, cursor, fromCursor);
    out.append(live.text()).append('}');
  }

  static void append(StringBuilder out, EventFrame event) {
    begin(out, event.cursor(), event.cursor());
    event.write(out);
    out.append('}');
  }

  /** Cuts the event's own text out of a frame that stands for it alone. */
  static EncodedFrame inner(EncodedFrame replay, long cursor) {
    int begins = charactersBefore(cursor);
    String text = replay.text();
    return new EncodedFrame(text.substring(begins, text.length() - 1), replay.bytes() - begins - 1);
  }

  /** The length of a frame before the event's own text, if the frame stands for one event. */
  static int charactersBefore(long cursor) {
    StringBuilder before = new StringBuilder(CHARACTERS_AROUND);
    begin(before, cursor, cursor);
    return before.length();
  }

  private static void begin(StringBuilder out, long cursor, long fromCursor) {
    out.append("{\"type\":\"replay\",\"seq\":").append(cursor);
    if (fromCursor != cursor) {
      out.append(",\"from_seq\":").append(fromCursor);
    }
    out.append(",\"event\":");
  }
}
