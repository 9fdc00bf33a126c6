package dev.tidemark.tools.fill;

import static dev.tidemark.tools.fill.Answer.row;
import static java.util.stream.Collectors.groupingBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Expected results about events and their recipients, from the filler's facts. */
final class ReaderAnswers {
  private static final int MAX_LAGGING = 20;

  private final Known known;
  private final About about;

  ReaderAnswers(Known known, About about) {
    this.known = known;
    this.about = about;
  }

  /** The only client was not behind, so it was sent all events up to that moment. */
  List<List<Object>> screen() {
    Facts.Join join = about.watching;
    long certain =
        join.points().stream()
            .filter(p -> p.at() < about.at && p.inFlight() == 0)
            .mapToLong(Facts.Point::sent)
            .max()
            .orElse(join.baseline());
    List<List<Object>> rows = new ArrayList<>();
    for (Facts.Event e : known.events(about.session)) {
      if (e.at() <= about.at) {
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
    Map<Facts.Event, Long> readBy = new HashMap<>();
    stretches(j -> j.principal().equals(about.session.owner))
        .filter(s -> s.untilTime() >= about.to - 7 * Times.DAY && s.untilTime() < about.to)
        .forEach(
            s -> {
              List<Facts.Event> events = known.events(s.join().session());
              for (long c = s.fromCursor(); c <= s.untilCursor(); c++) {
                readBy.merge(events.get((int) c - 1), s.untilTime(), Math::min);
              }
            });
    return readBy.keySet().stream()
        .sorted(
            Comparator.comparing((Facts.Event e) -> e.session().tenant)
                .thenComparing(e -> e.session().id)
                .thenComparing(Facts.Event::cursor))
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
    return stretches(j -> j.session() == about.session)
        .filter(s -> s.fromCursor() <= about.last && about.last <= s.untilCursor())
        .sorted(Comparator.comparingLong(Known.Stretch::untilTime))
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
    return known.facts.joins.stream()
        .filter(j -> j.at() > about.at - Times.DAY && known.isConnected(j, about.at))
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

  List<List<Object>> comings() {
    return known.joins(about.session).stream()
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

  private Long sent(Facts.Join join) {
    if (join.leave() != null) {
      return join.leave().sent();
    }
    if (join.points().isEmpty()) {
      return known.resyncOf(join) != null
          ? Long.valueOf(known.resyncOf(join).from())
          : join.baseline();
    }
    return join.points().get(join.points().size() - 1).sent();
  }

  List<List<Object>> resyncs() {
    record Resynced(Facts.Join join, String reason, long at) {}
    List<Resynced> all = new ArrayList<>();
    for (Facts.Join join : known.facts.joins) {
      if (join.outcome().equals("resync")) {
        all.add(new Resynced(join, join.reason(), join.at()));
      }
      if (known.resyncOf(join) != null) {
        all.add(new Resynced(join, known.resyncOf(join).reason(), known.resyncOf(join).at()));
      }
    }
    Map<List<Object>, List<Resynced>> grouped =
        all.stream()
            .filter(r -> r.at() >= about.to - 14 * Times.DAY && r.at() < about.to)
            .collect(groupingBy(r -> row(r.join().tenant(), r.join().sessionId(), r.reason())));
    return grouped.entrySet().stream()
        .sorted(
            Comparator.comparingInt(
                    (Map.Entry<List<Object>, List<Resynced>> g) -> -g.getValue().size())
                .thenComparing(g -> g.getKey().toString()))
        .map(
            g ->
                row(
                    g.getKey().get(0),
                    g.getKey().get(1),
                    g.getKey().get(2),
                    g.getValue().size(),
                    g.getValue().stream().map(r -> r.join().principal()).distinct().count(),
                    g.getValue().stream().mapToLong(Resynced::at).max().orElseThrow()))
        .toList();
  }

  List<List<Object>> lags() {
    record Lag(String principal, String address, long micros) {}
    Map<List<Object>, List<Lag>> grouped =
        stretches(j -> j.at() >= about.from && j.at() < about.to)
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
                    Known.percentile(g.getValue(), Lag::micros, 0.5)))
        .sorted(
            Comparator.comparing((List<Object> r) -> -(long) r.get(3))
                .thenComparing(r -> (String) r.get(0))
                .thenComparing(r -> (String) r.get(1)))
        .limit(MAX_LAGGING)
        .toList();
  }

  private Stream<Known.Stretch> stretches(Predicate<Facts.Join> of) {
    return known.facts.joins.stream().filter(of).flatMap(j -> known.stretches(j).stream());
  }
}
