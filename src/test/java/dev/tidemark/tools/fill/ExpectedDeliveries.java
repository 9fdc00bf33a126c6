package dev.tidemark.tools.fill;

import static dev.tidemark.tools.fill.ResultRows.row;
import static java.util.stream.Collectors.groupingBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Expected results about events and their recipients, from the generated data. */
final class ExpectedDeliveries {
  private static final int MAX_LAGGING = 20;

  private final MonthDataset dataset;
  private final QuestionSubjects subjects;

  ExpectedDeliveries(MonthDataset dataset, QuestionSubjects subjects) {
    this.dataset = dataset;
    this.subjects = subjects;
  }

  /** The only client was not behind, so it was sent all events up to that moment. */
  List<List<Object>> screen() {
    Dataset.Join join = subjects.watching;
    long certain =
        join.points().stream()
            .filter(p -> p.at() < subjects.at && p.inFlight() == 0)
            .mapToLong(Dataset.Point::sent)
            .max()
            .orElse(join.baseline());
    List<List<Object>> rows = new ArrayList<>();
    for (Dataset.Event e : dataset.events(subjects.session)) {
      if (e.at() <= subjects.at) {
        boolean before = e.cursor() <= join.baseline();
        String how = !before ? "sent" : join.snapshot() ? "snapshot" : "claimed";
        boolean sure =
            before ? !join.snapshot() || certain > join.baseline() : e.cursor() <= certain;
        rows.add(
            row(join.connection(), true, e.cursor(), how, sure, e.type(), e.source(), e.payload()));
      }
    }
    return rows;
  }

  List<List<Object>> readLastWeek() {
    Map<Dataset.Event, Long> readBy = new HashMap<>();
    sentRanges(j -> j.principal().equals(subjects.session.owner))
        .filter(s -> s.untilTime() >= subjects.to - 7 * Times.DAY && s.untilTime() < subjects.to)
        .forEach(
            s -> {
              List<Dataset.Event> events = dataset.events(s.join().session());
              for (long c = s.fromCursor(); c <= s.untilCursor(); c++) {
                readBy.merge(events.get((int) c - 1), s.untilTime(), Math::min);
              }
            });
    return readBy.keySet().stream()
        .sorted(
            Comparator.comparing((Dataset.Event e) -> e.session().tenant)
                .thenComparing(e -> e.session().id)
                .thenComparing(Dataset.Event::cursor))
        .map(
            e ->
                row(
                    e.session().tenant,
                    e.session().id,
                    e.cursor(),
                    readBy.get(e),
                    e.type(),
                    e.source(),
                    e.payload()))
        .toList();
  }

  List<List<Object>> sentTo() {
    return sentRanges(j -> j.session() == subjects.session)
        .filter(s -> s.fromCursor() <= subjects.last && subjects.last <= s.untilCursor())
        .sorted(Comparator.comparingLong(MonthDataset.SentRange::untilTime))
        .map(
            s ->
                row(
                    s.join().principal(),
                    s.join().address(),
                    "events",
                    s.fromTime(),
                    s.untilTime(),
                    s.outBy(),
                    s.join().connection()))
        .toList();
  }

  List<List<Object>> connected() {
    return dataset.all.joins.stream()
        .filter(j -> j.at() > subjects.at - Times.DAY && dataset.isConnected(j, subjects.at))
        .map(
            j ->
                row(
                    j.tenant(),
                    j.sessionId(),
                    j.principal(),
                    j.address(),
                    j.at(),
                    j.leave() == null ? null : j.leave().at(),
                    j.leave() == null ? null : j.leave().why(),
                    j.leave() == null ? "unknown" : "left"))
        .toList();
  }

  List<List<Object>> joins() {
    return dataset.joins(subjects.session).stream()
        .map(
            j ->
                row(
                    j.at(),
                    j.principal(),
                    j.address(),
                    j.outcome(),
                    j.reason(),
                    j.since(),
                    j.events(),
                    sent(j),
                    j.leave() == null ? null : j.leave().at(),
                    j.leave() == null ? null : j.leave().why()))
        .toList();
  }

  private Long sent(Dataset.Join join) {
    if (join.leave() != null) {
      return join.leave().sent();
    }
    if (join.points().isEmpty()) {
      return dataset.resyncOf(join) != null
          ? Long.valueOf(dataset.resyncOf(join).from())
          : join.baseline();
    }
    return join.points().get(join.points().size() - 1).sent();
  }

  List<List<Object>> resyncs() {
    record ResyncRow(Dataset.Join join, String reason, long at) {}
    List<ResyncRow> all = new ArrayList<>();
    for (Dataset.Join join : dataset.all.joins) {
      if (join.outcome().equals("resync")) {
        all.add(new ResyncRow(join, join.reason(), join.at()));
      }
      if (dataset.resyncOf(join) != null) {
        all.add(new ResyncRow(join, dataset.resyncOf(join).reason(), dataset.resyncOf(join).at()));
      }
    }
    Map<List<Object>, List<ResyncRow>> grouped =
        all.stream()
            .filter(r -> r.at() >= subjects.to - 14 * Times.DAY && r.at() < subjects.to)
            .collect(groupingBy(r -> row(r.join().tenant(), r.join().sessionId(), r.reason())));
    return grouped.entrySet().stream()
        .sorted(
            Comparator.comparingInt(
                    (Map.Entry<List<Object>, List<ResyncRow>> g) -> -g.getValue().size())
                .thenComparing(g -> g.getKey().toString()))
        .map(
            g ->
                row(
                    g.getKey().get(0),
                    g.getKey().get(1),
                    g.getKey().get(2),
                    g.getValue().size(),
                    g.getValue().stream().map(r -> r.join().principal()).distinct().count(),
                    g.getValue().stream().mapToLong(ResyncRow::at).max().orElseThrow()))
        .toList();
  }

  List<List<Object>> lags() {
    record Lag(String principal, String address, long micros) {}
    Map<List<Object>, List<Lag>> grouped =
        sentRanges(j -> j.at() >= subjects.from && j.at() < subjects.to)
            .flatMap(
                s -> {
                  long created = s.join().session().timeOf(s.fromCursor());
                  return created >= s.join().at()
                      ? Stream.of(
                          new Lag(
                              s.join().principal(), s.join().address(), s.untilTime() - created))
                      : Stream.of();
                })
            .collect(groupingBy(l -> row(l.principal(), l.address())));
    return grouped.entrySet().stream()
        .map(
            g ->
                row(
                    g.getKey().get(0),
                    g.getKey().get(1),
                    g.getValue().size(),
                    MonthDataset.percentile(g.getValue(), Lag::micros, 0.5)))
        .sorted(
            Comparator.comparing((List<Object> r) -> -(long) r.get(3))
                .thenComparing(r -> (String) r.get(0))
                .thenComparing(r -> (String) r.get(1)))
        .limit(MAX_LAGGING)
        .toList();
  }

  private Stream<MonthDataset.SentRange> sentRanges(Predicate<Dataset.Join> of) {
    return dataset.all.joins.stream().filter(of).flatMap(j -> dataset.sentRanges(j).stream());
  }
}
