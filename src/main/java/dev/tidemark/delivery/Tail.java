package dev.tidemark.delivery;

import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.EncodedEvent.Heard;
import dev.tidemark.wire.EventFrame;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Committed events in memory, for all sessions of this node: just appended, or read from the
 * database for a client. Any event may be forgotten, because a missing one is read from the
 * database: the least recently used segments go first, and so the least used sessions.
 *
 * <p>The tail knows nothing about subscriptions. It never returns events of another epoch than the
 * requested one. Guarded by its own monitor, which is never held while anything else is called.
 */
final class Tail {
  private final int maxEvents;
  private final long maxBytes;
  private final int segmentEvents;
  private final Map<SegmentKey, TailSegment> segments = new LinkedHashMap<>(16, 0.75f, true);
  private int events;
  private long bytes;

  /** Cursors 1 to n of a session are its segment number 0, and so on. */
  private record SegmentKey(long sessionKey, long number) {}

  /**
   * @param segmentEvents the number of cursors in a segment, which is read from the database and
   *     forgotten as a whole
   */
  Tail(int maxEvents, long maxBytes, int segmentEvents) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.segmentEvents = segmentEvents;
  }

  /** The last cursor of the segment that holds this one. */
  long lastOfSegment(long cursor) {
    return (number(cursor) + 1) * segmentEvents;
  }

  /**
   * Returns events from a cursor on, dense, no further than the end of its segment; none if that
   * cursor is not held.
   */
  synchronized List<EncodedEvent> from(long sessionKey, String epoch, long cursor) {
    TailSegment tailSegment = segments.get(key(sessionKey, cursor));
    return tailSegment == null || !tailSegment.isOf(epoch)
        ? List.of()
        : tailSegment.from(slot(cursor));
  }

  /** Takes in committed events of which this node did not hear. */
  synchronized List<EncodedEvent> add(long sessionKey, String epoch, List<EventFrame> committed) {
    return add(sessionKey, epoch, committed, event -> null);
  }

  /**
   * Takes in committed events.
   *
   * @param committed dense, in order
   * @param heard how this node heard of these events, {@code null} for events that it did not
   * @return the same events, each encoded at most once for all clients
   */
  synchronized List<EncodedEvent> add(
      long sessionKey,
      String epoch,
      List<EventFrame> committed,
      Function<EventFrame, Heard> heard) {
    List<EncodedEvent> encoded = new ArrayList<>(committed.size());
    for (EventFrame event : committed) {
      TailSegment tailSegment = segment(key(sessionKey, event.cursor()), epoch);
      long before = tailSegment.bytes();
      encoded.add(tailSegment.put(slot(event.cursor()), event, heard.apply(event)));
      if (tailSegment.bytes() > before) {
        events++;
        bytes += tailSegment.bytes() - before;
      }
    }
    evictLeastRecentlyUsed();
    return encoded;
  }

  /**
   * Takes in events of a session without subscriptions, if the event right before them is held:
   * clients that were cut off will come back.
   */
  synchronized void addIfNext(long sessionKey, String epoch, List<EventFrame> committed) {
    long before = committed.get(0).cursor() - 1;
    if (before > 0 && !from(sessionKey, epoch, before).isEmpty()) {
      var unused = add(sessionKey, epoch, committed);
    }
  }

  /** Forgets events beyond a session's head: a restore removed them, and other events follow. */
  synchronized void forgetAfter(long sessionKey, long head) {
    long cursor = head + 1;
    TailSegment held = segments.get(key(sessionKey, cursor));
    while (held != null) {
      if (held.holdsFrom(slot(cursor))) {
        remove(key(sessionKey, cursor));
      }
      cursor = lastOfSegment(cursor) + 1;
      held = segments.get(key(sessionKey, cursor));
    }
  }

  synchronized int events() {
    return events;
  }

  synchronized long bytes() {
    return bytes;
  }

  private TailSegment segment(SegmentKey key, String epoch) {
    TailSegment held = segments.get(key);
    if (held != null && held.isOf(epoch)) {
      return held;
    }
    remove(key);
    TailSegment fresh = new TailSegment(epoch);
    segments.put(key, fresh);
    return fresh;
  }

  private void remove(SegmentKey key) {
    TailSegment gone = segments.remove(key);
    if (gone != null) {
      events -= gone.events();
      bytes -= gone.bytes();
    }
  }

  private void evictLeastRecentlyUsed() {
    Iterator<TailSegment> leastRecentlyUsedFirst = segments.values().iterator();
    while (events > maxEvents || bytes > maxBytes) {
      TailSegment gone = leastRecentlyUsedFirst.next();
      leastRecentlyUsedFirst.remove();
      events -= gone.events();
      bytes -= gone.bytes();
    }
  }

  private SegmentKey key(long sessionKey, long cursor) {
    return new SegmentKey(sessionKey, number(cursor));
  }

  private long number(long cursor) {
    return (cursor - 1) / segmentEvents;
  }

  private int slot(long cursor) {
    return (int) ((cursor - 1) % segmentEvents);
  }
}
