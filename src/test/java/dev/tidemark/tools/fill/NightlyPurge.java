package dev.tidemark.tools.fill;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The purge of each night: raises floors by the policies of that night, except in sessions on hold,
 * and lets days leave the log that no floor and no hold needs. The rules are those of {@code
 * raise_floors} and {@code retire_day}, applied in the past.
 */
final class NightlyPurge {
  static final long HOUR_OF_PURGE = 3 * Times.HOUR;
  private static final int MAX_SESSIONS = 500;

  private final World world;
  private final List<FilledSession> sessions;
  private final List<Hold> holds;

  /** Days that are in the log, with the number of their events. */
  private final TreeMap<LocalDate, Long> inLog = new TreeMap<>();

  final List<Dataset.Purge> purges = new ArrayList<>();
  final List<LocalDate> retired = new ArrayList<>();

  NightlyPurge(World world, List<FilledSession> sessions, List<Hold> holds) {
    this.world = world;
    this.sessions = sessions;
    this.holds = holds;
  }

  void count(LocalDate day, long events) {
    inLog.put(day, events);
  }

  void purge(long moment) {
    List<long[]> raised = new ArrayList<>();
    for (FilledSession session : sessions) {
      int head = session.headAt(moment);
      long oldest = moment - world.replayAge(session, moment);
      if (session.floor > head || session.floorAt >= oldest || isHeld(session, moment)) {
        continue;
      }
      long before = session.floor;
      long wanted = Math.max(before, session.headAt(oldest - 1) + 1L);
      session.raiseFloor(wanted, moment);
      if (wanted > before) {
        raised.add(new long[] {session.key, before, wanted, world.policyOf(session, moment)});
        if (raised.size() == MAX_SESSIONS) {
          write(raised, moment);
          raised = new ArrayList<>();
        }
      }
    }
    if (!raised.isEmpty()) {
      write(raised, moment);
    }
    retire(moment);
  }

  private void retire(long moment) {
    LocalDate today = Times.day(moment);
    while (!inLog.isEmpty()) {
      Map.Entry<LocalDate, Long> oldest = inLog.firstEntry();
      LocalDate day = oldest.getKey();
      long start = Times.start(day);
      if (!day.isBefore(today) || sessions.stream().anyMatch(s -> needs(s, start, moment))) {
        return;
      }
      inLog.remove(day);
      retired.add(day);
      purges.add(
          new Dataset.Purge(
              moment + 5 * Times.SECOND + retired.size(),
              "retire",
              world.nodeAt(moment, false),
              "{\"day\": \"" + day + "\"}",
              List.of(),
              DetachedPartition.nameOf(day),
              oldest.getValue()));
    }
  }

  private boolean needs(FilledSession session, long start, long moment) {
    long end = start + Times.DAY;
    return (session.floor <= session.headAt(moment) && session.floorAt < end)
        || (isHeld(session, moment) && session.hasEventsBetween(start, end));
  }

  private boolean isHeld(FilledSession session, long moment) {
    return holds.stream().anyMatch(hold -> hold.isOn(session, moment));
  }

  private void write(List<long[]> raised, long moment) {
    purges.add(
        new Dataset.Purge(
            moment,
            "floors",
            world.nodeAt(moment, false),
            "{\"replay_age_seconds\": %d, \"replay_events\": %d, \"max_sessions\": %d}"
                .formatted(World.REPLAY_AGE / Times.SECOND, World.REPLAY_EVENTS, MAX_SESSIONS),
            raised,
            null,
            0));
  }
}
