package dev.tidemark.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The order in which waiting appends are written: within a session the order of the calls, and
 * between lanes one append in turn, however many wait in each. A session stands in the lane of its
 * first append. Guarded by the monitor of the {@link Backlog}.
 *
 * <p>Memory that runs out leaves it whole, or to be made whole by {@link #requeue}: appends are
 * linked to each other, and a queue allocates before it changes.
 */
final class Lanes {
  private final Map<Object, Lane> lanes = new HashMap<>();
  private final Map<Long, Line> lines = new LinkedHashMap<>();
  private final Queue<Lane> due = new ConcurrentLinkedQueue<>();
  private final List<Line> parked = new ArrayList<>();
  private int ready;

  /** The appends of one sender. */
  static final class Lane {
    private final Object name;
    private final Queue<Line> lines = new ConcurrentLinkedQueue<>();
    private boolean due;

    /** The events and bytes of its appends that are not settled, in line or in hand. */
    private int events;

    private long bytes;

    private Lane(Object name) {
      this.name = name;
    }

    int events() {
      return events;
    }

    long bytes() {
      return bytes;
    }
  }

  /** The waiting appends of one session, linked by {@link Append#next}. */
  private static final class Line {
    private final long sessionKey;
    private Append first;
    private Append last;
    private int size;
    private boolean queued;
    private boolean parked;

    private Line(long sessionKey) {
      this.sessionKey = sessionKey;
    }
  }

  /** The lane of that name, perhaps a new one. */
  Lane lane(Object name) {
    return lanes.computeIfAbsent(name, Lane::new);
  }

  /** Counts an append in or, with -1, out; an empty lane is forgotten. */
  void count(Append append, int sign) {
    Lane lane = append.lane;
    lane.events += sign * append.events();
    lane.bytes += sign * append.bytes();
    forgetIfEmpty(lane);
  }

  void forgetIfEmpty(Lane lane) {
    if (lane.events == 0) {
      lanes.remove(lane.name, lane);
    }
  }

  /** Puts an append behind the others of its session. */
  void addLast(Append append) {
    Line line = lineOf(append);
    if (line.first == null) {
      line.first = append;
    } else {
      line.last.next = append;
    }
    line.last = append;
    added(line);
  }

  /** Puts an append in front of the others of its session. */
  void addFirst(Append append) {
    Line line = lineOf(append);
    append.next = line.first;
    line.first = append;
    if (line.last == null) {
      line.last = append;
    }
    added(line);
  }

  private Line lineOf(Append append) {
    Line line = lines.computeIfAbsent(append.sessionKey(), Line::new);
    if (!line.parked) {
      queue(line, line.first == null ? append.lane : line.first.lane);
    }
    return line;
  }

  private void added(Line line) {
    line.size++;
    if (!line.parked) {
      ready++;
    }
  }

  private void queue(Line line, Lane lane) {
    if (!line.queued) {
      lane.lines.add(line);
      line.queued = true;
    }
    makeDue(lane);
  }

  private void makeDue(Lane lane) {
    if (!lane.due && !lane.lines.isEmpty()) {
      due.add(lane);
      lane.due = true;
    }
  }

  /** The append whose turn it is; {@code null} if none is ready. */
  Append first() {
    for (Lane lane = due.peek(); lane != null; lane = due.peek()) {
      Line line = lane.lines.peek();
      if (line == null) {
        due.remove();
        lane.due = false;
      } else if (line.first != null && line.first.settled) {
        unlinkFirst(line);
      } else if (line.first == null || line.parked || line.first.lane != lane) {
        lane.lines.remove();
        line.queued = false;
        requeue(line);
      } else {
        return line.first;
      }
    }
    return null;
  }

  /** Removes the append whose turn it was; the next turn is another lane's, if there is one. */
  void removeFirst() {
    Lane lane = due.peek();
    Line line = lane.lines.peek();
    unlinkFirst(line);
    lane.lines.remove();
    line.queued = false;
    due.remove();
    lane.due = false;
    requeue(line);
    makeDue(lane);
  }

  private void unlinkFirst(Line line) {
    Append first = line.first;
    line.first = first.next;
    first.next = null;
    if (line.first == null) {
      line.last = null;
    }
    line.size--;
    if (!line.parked) {
      ready--;
    }
  }

  private void requeue(Line line) {
    if (line.first == null) {
      lines.remove(line.sessionKey, line);
    } else if (!line.parked) {
      queue(line, line.first.lane);
    }
  }

  /** Queues what an {@code Error} in the middle of a change may have left out. */
  void requeue() {
    List.copyOf(lines.values()).forEach(this::requeue);
    lanes.values().forEach(this::makeDue);
  }

  /** Parks a session, whose append was put back. */
  void park(long sessionKey) {
    Line line = lines.get(sessionKey);
    if (!line.parked) {
      parked.add(line);
      line.parked = true;
      ready -= line.size;
    }
  }

  /** Makes the parked sessions ready again. */
  void unpark() {
    for (Line line : parked) {
      line.parked = false;
      ready += line.size;
      queue(line, line.first.lane);
    }
    parked.clear();
  }

  /** The number of appends that wait and are not parked. */
  int ready() {
    return ready;
  }

  int parkedSessions() {
    return parked.size();
  }

  /** All appends that wait, parked or not. */
  List<Append> all() {
    List<Append> all = new ArrayList<>();
    for (Line line : lines.values()) {
      for (Append append = line.first; append != null; append = append.next) {
        all.add(append);
      }
    }
    return all;
  }

  /** Removes all appends, which go on to count. */
  void clear() {
    lines.clear();
    lanes.values().forEach(lane -> lane.lines.clear());
    parked.clear();
    ready = 0;
  }
}
