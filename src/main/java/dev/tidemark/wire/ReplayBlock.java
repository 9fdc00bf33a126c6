package dev.tidemark.wire;

import java.util.List;

/**
 * The replay frames of neighbouring events in one text, a line each, for all who need them: to a
 * client that named {@code batch} they go together, to any other each is cut out. Who reads them
 * one after another reads memory from end to end.
 */
public final class ReplayBlock {
  /** How many events share a text: those from a cursor that is one more than a multiple of it. */
  public static final int EVENTS = 64;

  /** Larger events have their own texts: to copy those once more costs more than it saves. */
  private static final int MAX_BYTES = 65_536;

  private final long first;
  private final EncodedFrame together;

  /** Where each line ends, in characters. */
  private final int[] ends = new int[EVENTS];

  private ReplayBlock(List<EncodedEvent> events) {
    first = events.get(0).cursor();
    StringBuilder lines = new StringBuilder(weight(events));
    for (int line = 0; line < EVENTS; line++) {
      if (line > 0) {
        lines.append('\n');
      }
      events.get(line).appendReplay(lines);
      ends[line] = lines.length();
    }
    together = EncodedFrame.of(lines.toString());
  }

  /**
   * The text that the first of these events is in; it is made if there is none and these are as
   * many neighbours as share one.
   *
   * @param events of dense cursors, at least one
   * @return {@code null} if there is none
   */
  public static ReplayBlock of(List<EncodedEvent> events) {
    EncodedEvent event = events.get(0);
    ReplayBlock lines = event.lines();
    if (lines != null || (event.cursor() - 1) % EVENTS != 0 || events.size() < EVENTS) {
      return lines;
    }
    List<EncodedEvent> sharing = events.subList(0, EVENTS);
    return weight(sharing) > MAX_BYTES ? null : made(sharing);
  }

  /** The monitor of the first event keeps others from making the same. */
  private static ReplayBlock made(List<EncodedEvent> sharing) {
    synchronized (sharing.get(0)) {
      if (sharing.get(0).lines() == null) {
        ReplayBlock lines = new ReplayBlock(sharing);
        sharing.forEach(event -> event.isIn(lines));
      }
      return sharing.get(0).lines();
    }
  }

  private static int weight(List<EncodedEvent> events) {
    return events.stream().mapToInt(EncodedEvent::weight).sum();
  }

  /** All frames, and how long they are with what is between them. */
  public EncodedFrame together() {
    return together;
  }

  /** How many frames there are from that of a cursor on. */
  public int from(long cursor) {
    return EVENTS - line(cursor);
  }

  /** The frame of an event. */
  public EncodedFrame replay(long cursor) {
    return cut(begin(cursor), end(cursor));
  }

  /** The event's own text within its frame. */
  EncodedFrame live(long cursor) {
    return cut(begin(cursor) + Replay.charactersBefore(cursor), end(cursor) - 1);
  }

  private EncodedFrame cut(int begin, int end) {
    String text = together.text().substring(begin, end);
    boolean ascii = together.bytes() == together.text().length();
    return ascii ? new EncodedFrame(text, text.length()) : EncodedFrame.of(text);
  }

  private int begin(long cursor) {
    return cursor == first ? 0 : ends[line(cursor) - 1] + 1;
  }

  private int end(long cursor) {
    return ends[line(cursor)];
  }

  private int line(long cursor) {
    return (int) (cursor - first);
  }
}
