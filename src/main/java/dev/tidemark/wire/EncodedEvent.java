package dev.tidemark.wire;

/**
 * An event with the text that goes out for it: encoded once, whoever gets it, live or replayed
 * (R3), and only if somebody gets it. So whoever hands on an event, such as a thread that commits
 * appends, does not pay for its encoding.
 *
 * <p>One text is kept, the one that was asked for last: an event goes out live to all who are
 * there, and is replayed to all who come later, mostly together with its neighbours. Each is made
 * of another by copying.
 */
public final class EncodedEvent {
  /** About what the fields beside the payload take on the wire, and the objects around the text. */
  private static final int ENVELOPE_BYTES = 350;

  private final long cursor;
  private final int weight;

  /** Kept until it is encoded; guarded by the monitor. */
  private EventFrame event;

  private volatile EncodedFrame live;
  private volatile EncodedFrame replay;
  private volatile ReplayBlock lines;

  public EncodedEvent(EventFrame event) {
    this.event = event;
    cursor = event.cursor();
    weight = event.data().length() + ENVELOPE_BYTES;
  }

  public long cursor() {
    return cursor;
  }

  /** About how many bytes of memory it takes. */
  public int weight() {
    return weight;
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

  /** The text that it shares with its neighbours, {@code null} if it has its own. */
  ReplayBlock lines() {
    return lines;
  }

  /** Its text is in these from now on. */
  synchronized void isIn(ReplayBlock shared) {
    lines = shared;
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
    if (lines != null) {
      return lines.live(cursor);
    }
    if (live == null) {
      live = replay == null ? EncodedFrame.of(event) : Replay.inner(replay, cursor);
      event = null;
      replay = null;
    }
    return live;
  }

  private synchronized EncodedFrame encodeReplay() {
    if (lines != null) {
      return lines.replay(cursor);
    }
    if (replay == null) {
      replay = live == null ? Replay.around(event) : Replay.around(live, cursor, cursor);
      event = null;
      live = null;
    }
    return replay;
  }
}
