package dev.tidemark.delivery;

import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.EventFrame;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Committed events in memory, for all sessions of this node: those that were just appended, and
 * those that somebody has read from the database. What is not in here is read from the database, so
 * it may forget whatever it likes: the stretches that nobody has used for longest go first, and so
 * the least used sessions.
 *
 * <p>It knows nothing about who listens. Events of another epoch than the one asked for are never
 * given. Guarded by its own monitor, which nobody holds while calling anything else.
 */
final class Tail {
  private final int maxEvents;
  private final long maxBytes;
  private final int stretchEvents;
  private final Map<Place, TailSegment> stretches = new LinkedHashMap<>(16, 0.75f, true);
  private int events;
  private long bytes;

  /** The name of a stretch: cursors 1 to n of a session are its number 0, and so on. */
  private record Place(long sessionKey, long number) {}

  /**
   * @param stretchEvents how many cursors a stretch has, which is what is read from the database
   *     and forgotten at once
   */
  Tail(int maxEvents, long maxBytes, int stretchEvents) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.stretchEvents = stretchEvents;
  }

  /** The last cursor of the stretch that holds this one. */
  long lastOfStretch(long cursor) {
    return (number(cursor) + 1) * stretchEvents;
  }

  /**
   * Events from a cursor on, dense, no further than the end of its stretch; none if that cursor is
   * not held.
   */
  synchronized List<EncodedEvent> from(long sessionKey, String epoch, long cursor) {
    TailSegment tailSegment = stretches.get(place(sessionKey, cursor));
    return tailSegment == null || !tailSegment.isOf(epoch)
        ? List.of()
        : tailSegment.from(slot(cursor));
  }

  /**
   * Takes in committed events.
   *
   * @param committed dense, in order
   * @return the same events, each encoded no more than once for all who ask
   */
  synchronized List<EncodedEvent> add(long sessionKey, String epoch, List<EventFrame> committed) {
    List<EncodedEvent> encoded = new ArrayList<>(committed.size());
    for (EventFrame event : committed) {
      TailSegment tailSegment = stretch(place(sessionKey, event.cursor()), epoch);
      long before = tailSegment.bytes();
      encoded.add(tailSegment.put(slot(event.cursor()), event));
      if (tailSegment.bytes() > before) {
        events++;
        bytes += tailSegment.bytes() - before;
      }
    }
    forgetTheLeastUsed();
    return encoded;
  }

  /**
   * Takes in events of a session to which nobody listens, if what came right before them is held:
   * whoever was cut off will come back.
   */
  synchronized void addIfNext(long sessionKey, String epoch, List<EventFrame> committed) {
    long before = committed.get(0).cursor() - 1;
    if (before > 0 && !from(sessionKey, epoch, before).isEmpty()) {
      var unused = add(sessionKey, epoch, committed);
    }
  }

  /**
   * Forgets what lies beyond a session's head: a restore took it, and the log goes on otherwise.
   */
  synchronized void forgetAfter(long sessionKey, long head) {
    long cursor = head + 1;
    TailSegment held = stretches.get(place(sessionKey, cursor));
    while (held != null) {
      if (held.holdsFrom(slot(cursor))) {
        remove(place(sessionKey, cursor));
      }
      cursor = lastOfStretch(cursor) + 1;
      held = stretches.get(place(sessionKey, cursor));
    }
  }

  synchronized int events() {
    return events;
  }

  synchronized long bytes() {
    return bytes;
  }

  private TailSegment stretch(Place place, String epoch) {
    TailSegment held = stretches.get(place);
    if (held != null && held.isOf(epoch)) {
      return held;
    }
    remove(place);
    TailSegment fresh = new TailSegment(epoch);
    stretches.put(place, fresh);
    return fresh;
  }

  private void remove(Place place) {
    TailSegment gone = stretches.remove(place);
    if (gone != null) {
      events -= gone.events();
      bytes -= gone.bytes();
    }
  }

  private void forgetTheLeastUsed() {
    Iterator<TailSegment> leastUsedFirst = stretches.values().iterator();
    while (events > maxEvents || bytes > maxBytes) {
      TailSegment gone = leastUsedFirst.next();
      leastUsedFirst.remove();
      events -= gone.events();
      bytes -= gone.bytes();
    }
  }

  private Place place(long sessionKey, long cursor) {
    return new Place(sessionKey, number(cursor));
  }

  private long number(long cursor) {
    return (cursor - 1) / stretchEvents;
  }

  private int slot(long cursor) {
    return (int) ((cursor - 1) % stretchEvents);
  }
}
