package dev.tidemark.tools.fill;

import java.time.LocalDate;
import java.util.List;

/**
 * The parts that all sessions share: days, nodes, epochs and policies. One node crashed on the way,
 * and the database was replaced by its standby once.
 */
final class World {
  static final String SWITCHED = "switched to the standby";

  /** The interval at which a node records how far its clients are. */
  static final long RECORD_EVERY = 10 * Times.SECOND;

  static final long REPLAY_AGE = 7 * Times.DAY;
  static final long REPLAY_EVENTS = 100_000;
  static final long HISTORY_AGE = 400 * Times.DAY;

  private static final int RESTART_MINUTES = 3;

  final LocalDate firstDay;
  final long until;

  /** When the second epoch began. */
  final long switchedAt;

  final String firstEpoch;
  final String secondEpoch;
  final long crashedAt;
  final List<NodeRun> nodes;
  final List<Policy> policies;

  /**
   * A node from its start to its end; stopped is {@code null} if it crashed.
   *
   * @param settings as JSON
   */
  record NodeRun(
      String name, long started, long seen, Long stopped, String version, String settings) {}

  /** A tenant's replay age instead of a week; {@code agent} is {@code null} for all agents. */
  record Policy(
      String tenant, String agent, long replayAge, long setAt, String setBy, String why) {}

  World(long seed, int days, long until) {
    SeededRandom random = new SeededRandom(seed);
    this.until = until;
    firstDay = Times.day(until).minusDays(days - 1L);
    long begin = Times.start(firstDay);
    switchedAt = Times.start(Times.day(until).minusDays(11)) + 13 * Times.HOUR + 7 * Times.MINUTE;
    crashedAt = Times.start(Times.day(until).minusDays(4)) + 11 * Times.HOUR + 41 * Times.MINUTE;
    firstEpoch = random.uuid().toString();
    secondEpoch = random.uuid().toString();
    long restarted = crashedAt + RESTART_MINUTES * Times.MINUTE;
    nodes =
        List.of(
            new NodeRun("node-1-4f2a", begin, until, until, "1.0.0", "{}"),
            new NodeRun(
                "node-2-9c01", begin, crashedAt / RECORD_EVERY * RECORD_EVERY, null, "1.0.0", "{}"),
            new NodeRun(
                "node-2-b7e5",
                restarted,
                until,
                until,
                "1.0.1",
                "{\"tidemark.turn.lease-millis\":\"15000\"}"));
    policies =
        List.of(
            new Policy(
                "globex",
                null,
                3 * Times.DAY,
                begin + 2 * Times.DAY,
                "dba_anna",
                "contract 2026-17, 4.2"),
            new Policy(
                "acme", "coder", 5 * Times.DAY, begin + 9 * Times.DAY, "dba_anna", "ticket 8812"));
  }

  String epochAt(long moment) {
    return moment < switchedAt ? firstEpoch : secondEpoch;
  }

  int epochNumberAt(long moment) {
    return moment < switchedAt ? 1 : 2;
  }

  /** The node that takes a client at that moment. */
  String nodeAt(long moment, boolean second) {
    if (!second) {
      return nodes.get(0).name();
    }
    return nodes.get(moment < crashedAt ? 1 : 2).name();
  }

  /** Whether the second node was away then. */
  boolean isNodeAway(long moment) {
    return moment >= crashedAt && moment < nodes.get(2).started();
  }

  /** The replay age of a session, by the policies of that moment. */
  long replayAge(FilledSession session, long moment) {
    int policy = policyOf(session, moment);
    return policy == 0 ? REPLAY_AGE : policies.get(policy - 1).replayAge();
  }

  /** The policy that a session falls under at a moment, counted from 1; 0 for the setting. */
  int policyOf(FilledSession session, long moment) {
    int best = 0;
    for (int i = 0; i < policies.size(); i++) {
      Policy policy = policies.get(i);
      if (policy.setAt() <= moment
          && policy.tenant().equals(session.tenant)
          && (policy.agent() == null || policy.agent().equals(session.agent))
          && (best == 0 || policy.agent() != null)) {
        best = i + 1;
      }
    }
    return best;
  }
}
