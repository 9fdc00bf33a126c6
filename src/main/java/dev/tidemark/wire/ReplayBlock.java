package dev.tidemark.wire;

import java.util.List;

/**
 * The replay frames of neighbouring events as one text, a line each, shared by all clients. A
 * client that named {@code batch} gets the whole text; for any other client each frame is cut out.
 * Reading the frames in order reads memory from end to end.
 */
public final class ReplayBlock {
  /** Events in a block. The cursor of its first event is one more than a multiple of this. */
  public static final int EVENTS = 64;

  /** Larger blocks are not made: copying the events again costs more than it saves. */
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
   * Returns the block of the first of these events. It is made if there is none yet and these
   * events begin with all of its events.
   *
   * @param events at least one, their cursors without gaps
   * @return {@code null} if there is no block
   */
  public static ReplayBlock of(List<EncodedEvent> events) {
    EncodedEvent event = events.get(0);
    ReplayBlock block = event.block();
    if (block != null || (event.cursor() - 1) % EVENTS != 0 || events.size() < EVENTS) {
      return block;
    }
    List<EncodedEvent> neighbours = events.subList(0, EVENTS);
    return weight(neighbours) > MAX_BYTES ? null : make(neighbours);
  }

  /** The monitor of the first event keeps two threads from making the same block. */
  private static ReplayBlock make(List<EncodedEvent> neighbours) {
    synchronized (neighbours.get(0)) {
      if (neighbours.get(0).block() == null) {
        ReplayBlock block = new ReplayBlock(neighbours);
        neighbours.forEach(event -> event.joinBlock(block));
      }
      return neighbours.get(0).block();
    }
  }

  private static int weight(List<EncodedEvent> events) {
    return events.stream().mapToInt(EncodedEvent::weight).sum();
  }

  /** All frames as one text, with line breaks in between. */
  public EncodedFrame together() {
    return together;
  }

  /** The number of frames from this cursor to the end of the block. */
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
