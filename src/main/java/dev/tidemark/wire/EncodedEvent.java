package dev.tidemark.wire;

/**
 * An event with its text: encoded once for all clients, live or replayed (R3), and only when the
 * first client needs it. The thread that commits an append does not pay for the encoding.
 *
 * <p>Only the last requested text is kept: an event goes out live to the connected clients, and is
 * replayed to later ones, mostly together with its neighbours. One text is made from another by
 * copying.
 */
public final class EncodedEvent {
  /** The approximate bytes of the other fields on the wire and the objects around the text. */
  private static final int ENVELOPE_BYTES = 350;

  /**
   * How this node heard of the commit of an event.
   *
   * @param nanos when, by {@link System#nanoTime}
   * @param appendedHere whether this node committed it; otherwise a hint told of it
   */
  public record Heard(long nanos, boolean appendedHere) {}

  private final long cursor;
  private final int weight;
  private final Heard heard;

  /** Kept until it is encoded; guarded by the monitor. */
  private EventFrame event;

  private volatile EncodedFrame live;
  private volatile EncodedFrame replay;
  private volatile ReplayBlock block;

  /** Makes an event of which nobody knows when it was committed. */
  public EncodedEvent(EventFrame event) {
    this(event, null);
  }

  /**
   * @param heard how this node heard of the event; {@code null} if it did not, but found it
   */
  public EncodedEvent(EventFrame event, Heard heard) {
    this.event = event;
    this.heard = heard;
    cursor = event.cursor();
    weight = event.data().length() + ENVELOPE_BYTES;
  }

  public long cursor() {
    return cursor;
  }

  /** The approximate memory that the event takes, in bytes. */
  public int weight() {
    return weight;
  }

  /** How this node heard of the event; {@code null} if it did not, but found it. */
  public Heard heard() {
    return heard;
  }

  /** The event as its own frame. */
  public EncodedFrame live() {
    EncodedFrame text = live;
    return text == null ? encodeLive() : text;
  }

  /** The event in a replay frame that stands for it alone. */
  EncodedFrame replay() {
    EncodedFrame text = replay;
    return text == null ? encodeReplay() : text;
  }

  /** The block that it shares with its neighbours; {@code null} if it has a text of its own. */
  ReplayBlock block() {
    return block;
  }

  /** Takes the text from this block from now on. */
  synchronized void joinBlock(ReplayBlock shared) {
    block = shared;
    event = null;
    live = null;
    replay = null;
  }

  synchronized void appendReplay(StringBuilder out) {
    if (live != null) {
      Replay.append(out, live, cursor, cursor);
    } else if (replay != null) {
      out.append(replay.text());
    } else {
      Replay.append(out, event);
    }
  }

  private synchronized EncodedFrame encodeLive() {
    if (block != null) {
      return block.live(cursor);
    }
    if (live == null) {
      live = replay == null ? EncodedFrame.of(event) : Replay.inner(replay, cursor);
      event = null;
      replay = null;
    }
    return live;
  }

  private synchronized EncodedFrame encodeReplay() {
    if (block != null) {
      return block.replay(cursor);
    }
    if (replay == null) {
      replay = live == null ? Replay.around(event) : Replay.around(live, cursor, cursor);
      event = null;
      live = null;
    }
    return replay;
  }
}
