package dev.tidemark.tools.fill;

import static dev.tidemark.tools.fill.ResultRows.row;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Expected results about purges and kept events, from the generated data. */
final class ExpectedRetention {
  private final MonthDataset dataset;
  private final QuestionSubjects subjects;

  ExpectedRetention(MonthDataset dataset, QuestionSubjects subjects) {
    this.dataset = dataset;
    this.subjects = subjects;
  }

  List<List<Object>> ofASession() {
    List<List<Object>> rows = new ArrayList<>();
    for (Dataset.Purge purge : dataset.month.nightlyPurge.purges) {
      for (long[] floor : purge.floors()) {
        if (floor[0] == subjects.session.key) {
          World.Policy policy =
              floor[3] == 0 ? null : dataset.month.world.policies.get((int) floor[3] - 1);
          rows.add(
              row(
                  purge.at(),
                  "floors",
                  floor[1],
                  floor[2],
                  floor[2] - floor[1],
                  purge.node(),
                  policy == null ? World.REPLAY_AGE : policy.replayAge(),
                  policy == null ? null : floor[3],
                  policy == null ? null : policy.setBy(),
                  policy == null ? null : policy.why()));
        }
      }
    }
    return rows;
  }

  List<List<Object>> ofDays() {
    return dataset.month.nightlyPurge.purges.stream()
        .filter(p -> p.step().equals("retire"))
        .map(
            p -> {
              LocalDate day = LocalDate.parse(p.policy().substring(9, 19));
              return row(
                  p.at(), "retire", day, p.partition(), dataset.eventsOfDay.get(day), p.node());
            })
        .toList();
  }

  /** The days of the month: day, place, number of events, holds. */
  List<List<Object>> places() {
    TreeMap<LocalDate, Integer> days = new TreeMap<>(dataset.eventsOfDay);
    return days.entrySet().stream()
        .map(
            d -> {
              long start = Times.start(d.getKey());
              List<Integer> holds = new ArrayList<>();
              for (int i = 0; i < dataset.month.holds.size(); i++) {
                Hold hold = dataset.month.holds.get(i);
                if (hold.liftedAt() == null
                    && start + Times.DAY <= dataset.month.world.until // today cannot leave anyhow
                    && hold.session().hasEventsBetween(start, start + Times.DAY)) {
                  holds.add(i + 1);
                }
              }
              boolean left = dataset.month.nightlyPurge.retired.contains(d.getKey());
              return row(
                  d.getKey(),
                  left ? "history" : "log",
                  d.getValue(),
                  "{" + holds.toString().replaceAll("[\\[\\] ]", "") + "}");
            })
        .toList();
  }

  List<List<Object>> holds() {
    Hold hold = dataset.month.holds.get(1);
    FilledSession s = hold.session();
    return List.of(
        row(
            2,
            hold.tenant(),
            s.id,
            hold.askedBy(),
            hold.reason(),
            hold.placedAt(),
            "dba_anna",
            null,
            1,
            s.head() - s.floor + 1,
            s.floor > s.head() ? null : s.timeOf(s.floor)));
  }

  List<List<Object>> ruleOfASession() {
    FilledSession s = subjects.session;
    int number = dataset.month.world.policyOf(s, dataset.month.world.until);
    World.Policy policy = number == 0 ? null : dataset.month.world.policies.get(number - 1);
    return List.of(
        row(
            s.head(),
            s.floor,
            s.head() - s.floor + 1,
            s.floor > s.head() ? null : s.timeOf(s.floor),
            policy == null ? World.REPLAY_AGE : policy.replayAge(),
            World.REPLAY_EVENTS,
            policy == null ? null : number,
            policy == null ? null : policy.setBy(),
            policy == null ? null : policy.why(),
            dataset.month.holds.get(1).session() == s ? "{2}" : "{}"));
  }

  /** The number of floors that a purge at that moment would raise. */
  long floorsToRaise(long moment) {
    World world = dataset.month.world;
    return dataset.month.sessions.stream()
        .filter(s -> s.floor <= s.head() && dataset.month.holds.get(1).session() != s)
        .filter(s -> s.timeOf(s.floor) < moment - world.replayAge(s, moment))
        .count();
  }

  List<List<Object>> aWindowOfADay() {
    TreeMap<String, long[]> lost = new TreeMap<>();
    for (FilledSession s : dataset.month.sessions) {
      if (s.floor <= s.head()) {
        long[] sums = lost.computeIfAbsent(s.tenant, t -> new long[3]);
        sums[0] += s.head() - s.floor + 1;
        for (long c = s.floor; c <= s.head(); c++) {
          sums[1] += s.timeOf(c) < subjects.to - Times.DAY ? 1 : 0;
        }
      }
    }
    for (Dataset.Join j : dataset.all.joins) {
      if (j.outcome().equals("replay")
          && j.at() >= subjects.from
          && j.at() < subjects.to
          && j.events() > 0
          && j.session().timeOf(j.since() + 1) < j.at() - Times.DAY) {
        lost.computeIfAbsent(j.tenant(), t -> new long[3])[2]++;
      }
    }
    return lost.entrySet().stream()
        .map(t -> row(t.getKey(), t.getValue()[0], t.getValue()[1], t.getValue()[2]))
        .toList();
  }

  List<List<Object>> epochs() {
    World world = dataset.month.world;
    long switched = subjects.session.headAt(world.switchedAt - 1);
    List<List<Object>> rows = new ArrayList<>();
    if (switched > 0) {
      rows.add(epoch(world.firstEpoch, 1, switched));
    }
    if (switched < subjects.session.head()) {
      rows.add(epoch(world.secondEpoch, switched + 1, subjects.session.head()));
    }
    return rows;
  }

  private List<Object> epoch(String id, long first, long last) {
    return row(id, first, last, subjects.session.timeOf(first), subjects.session.timeOf(last));
  }
}
