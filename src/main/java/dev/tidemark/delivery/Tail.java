package dev.tidemark.delivery;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Utf8;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The newest events of one session that were read from the database: dense, committed, of one
 * epoch. What is not in here is read from the database, so it may forget whatever it likes. Guarded
 * by its own monitor, which nobody holds while calling anything else.
 */
final class Tail {
  private final int mostEvents;
  private final long mostBytes;
  private final ArrayDeque<EventFrame> events = new ArrayDeque<>();
  private String epoch = "";
  private long bytes;

  Tail(int mostEvents, long mostBytes) {
    this.mostEvents = mostEvents;
    this.mostBytes = mostBytes;
  }

  /**
   * Adds committed events. Two commits of one session may be told in the wrong order: what does not
   * continue the tail replaces it if it is newer, and is left to the database if it is older.
   */
  synchronized void add(String ofEpoch, List<EventFrame> appended) {
    if (!ofEpoch.equals(epoch)) {
      clear();
      epoch = ofEpoch;
    }
    for (EventFrame event : appended) {
      long expected = events.isEmpty() ? event.cursor() : events.getLast().cursor() + 1;
      if (event.cursor() < expected) {
        continue;
      }
      if (event.cursor() > expected) {
        clear();
      }
      events.addLast(event);
      bytes += Utf8.length(event.data());
    }
    while (events.size() > mostEvents || bytes > mostBytes) {
      bytes -= Utf8.length(events.removeFirst().data());
    }
  }

  /** Events from a cursor on, or none if the tail does not hold that cursor. */
  synchronized List<EventFrame> from(String ofEpoch, long cursor, int most) {
    if (events.isEmpty()
        || !ofEpoch.equals(epoch)
        || cursor < events.getFirst().cursor()
        || cursor > events.getLast().cursor()) {
      return List.of();
    }
    List<EventFrame> page = new ArrayList<>(Math.min(most, events.size()));
    for (EventFrame event : events) {
      if (event.cursor() >= cursor && page.size() < most) {
        page.add(event);
      }
    }
    return page;
  }

  synchronized void clear() {
    events.clear();
    bytes = 0;
  }
}
