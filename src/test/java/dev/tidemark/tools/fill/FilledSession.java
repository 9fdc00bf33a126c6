package dev.tidemark.tools.fill;

import dev.tidemark.log.ChainOfSession;
import java.util.Arrays;
import java.util.List;

/** The state of a session while the month goes by. */
final class FilledSession {
  final long key;
  final String id;
  final String tenant;
  final String agent;
  final String owner;
  final long createdAt;

  /** The time at which the session was closed, {@code null} while it is open. */
  final Long closedAt;

  /** The time from which on nothing is said in the session, closed or not. */
  final long silentFrom;

  /** The session's activity, relative to the others. */
  final double weight;

  final ChainOfSession chain;
  final SeededRandom random;
  final List<Device> devices;

  /** created_at of each event: of cursor n at n - 1. */
  private long[] times = new long[64];

  private int head;
  long floor = 1;
  long floorAt;

  /** The floor before it was last raised, and the time at which it was raised. */
  private long floorBefore = 1;

  private long raisedAt;

  /** Events that are still to be made; below zero after a turn that was longer. */
  double owed;

  long stateTurns;
  String stateTopic;
  long stateCursor;
  long stateAt;

  /** The session's data of the day that is being made. */
  Dataset today;

  FilledSession(
      long key,
      String id,
      String tenant,
      String agent,
      String owner,
      long createdAt,
      Long closedAt,
      long silentFrom,
      double weight,
      SeededRandom random) {
    this.key = key;
    this.id = id;
    this.tenant = tenant;
    this.agent = agent;
    this.owner = owner;
    this.createdAt = createdAt;
    this.closedAt = closedAt;
    this.silentFrom = silentFrom;
    this.weight = weight;
    this.random = random;
    chain = new ChainOfSession(id);
    floorAt = createdAt;
    stateAt = createdAt;
    devices = Device.someOf(random);
  }

  int head() {
    return head;
  }

  /** created_at of the event with that cursor. */
  long timeOf(long cursor) {
    return times[(int) cursor - 1];
  }

  /** created_at of the newest event; of the session, before the first one. */
  long lastAt() {
    return head == 0 ? createdAt : times[head - 1];
  }

  /** Counts one more event; returns its cursor. */
  long tick(long at) {
    if (head == times.length) {
      times = Arrays.copyOf(times, head * 2);
    }
    times[head++] = at;
    return head;
  }

  /** The head as it was at a moment. */
  int headAt(long moment) {
    int low = 0;
    int high = head;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] <= moment) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  boolean hasEventsBetween(long from, long to) {
    return headAt(to - 1) > headAt(from - 1);
  }

  long floorAt(long moment) {
    return moment < raisedAt ? floorBefore : floor;
  }

  /** Moves the floor to a cursor, as of a moment. */
  void raiseFloor(long to, long moment) {
    floorBefore = floor;
    raisedAt = moment;
    floor = to;
    floorAt =
        to <= head && times[(int) to - 1] <= moment
            ? times[(int) to - 1]
            : times[headAt(moment) - 1];
  }

  String state() {
    return stateCursor == 0
        ? "{}"
        : "{\"turns\": "
            + stateTurns
            + (stateTopic == null ? "" : ", \"topic\": \"" + stateTopic + "\"")
            + "}";
  }
}
