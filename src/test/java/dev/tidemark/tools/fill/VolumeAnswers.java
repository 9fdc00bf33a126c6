package dev.tidemark.tools.fill;

import static dev.tidemark.tools.fill.Answer.row;
import static java.util.stream.Collectors.groupingBy;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Expected results about amounts, from the filler's facts. */
final class VolumeAnswers {
  private static final int MOST = 10;
  private static final Comparator<FilledSession> BY_NAME =
      Comparator.comparing((FilledSession s) -> s.tenant).thenComparing(s -> s.id);

  private final Known known;
  private final About about;

  VolumeAnswers(Known known, About about) {
    this.known = known;
    this.about = about;
  }

  List<List<Object>> largest() {
    return known.month.sessions.stream()
        .sorted(Comparator.comparingInt((FilledSession s) -> -s.head()).thenComparing(BY_NAME))
        .limit(MOST)
        .map(
            s ->
                row(
                    s.tenant,
                    s.id,
                    s.agent,
                    s.owner,
                    s.head(),
                    known.messages(s).size(),
                    known.facts.turns.stream().filter(t -> t.session() == s).count(),
                    s.lastAt()))
        .toList();
  }

  List<List<Object>> ofAPerson() {
    return known.month.sessions.stream()
        .filter(s -> s.owner.equals(about.session.owner))
        .sorted(Comparator.comparingLong(s -> s.createdAt))
        .map(
            s ->
                row(
                    s.tenant,
                    s.id,
                    s.agent,
                    s.createdAt,
                    s.closedAt,
                    s.head(),
                    s.head() == 0 ? null : s.lastAt()))
        .toList();
  }

  List<List<Object>> busiest() {
    Map<FilledSession, List<Facts.Event>> bySession =
        known.events(about.from, about.to).collect(groupingBy(Facts.Event::session));
    return bySession.entrySet().stream()
        .sorted(
            Comparator.comparingInt(
                    (Map.Entry<FilledSession, List<Facts.Event>> s) -> -s.getValue().size())
                .thenComparing(Map.Entry.comparingByKey(BY_NAME)))
        .limit(MOST)
        .map(
            s ->
                row(
                    s.getKey().tenant,
                    s.getKey().id,
                    s.getValue().size(),
                    s.getValue().stream().mapToLong(Facts.Event::at).max().orElseThrow()))
        .toList();
  }

  List<List<Object>> minutes() {
    Map<Long, List<Facts.Event>> byMinute =
        known
            .events(about.from, about.to)
            .collect(
                groupingBy(
                    e -> e.at() / Times.MINUTE * Times.MINUTE, TreeMap::new, Collectors.toList()));
    return byMinute.entrySet().stream()
        .sorted(Comparator.comparingInt(m -> -m.getValue().size()))
        .limit(MOST)
        .map(
            m ->
                row(
                    m.getKey(),
                    m.getValue().size(),
                    m.getValue().stream().map(Facts.Event::session).distinct().count()))
        .toList();
  }

  List<List<Object>> daily() {
    Map<String, List<Facts.Event>> grouped =
        known
            .events(about.to - 3 * Times.DAY, about.to)
            .collect(
                groupingBy(
                    e -> Times.day(e.at()) + " " + e.session().tenant,
                    TreeMap::new,
                    Collectors.toList()));
    return grouped.values().stream()
        .map(
            g ->
                row(
                    Times.day(g.get(0).at()),
                    g.get(0).session().tenant,
                    g.size(),
                    g.stream()
                        .mapToLong(e -> e.payload().getBytes(StandardCharsets.UTF_8).length)
                        .sum()))
        .toList();
  }

  List<List<Object>> idle() {
    return known.month.sessions.stream()
        .filter(s -> s.closedAt == null && s.lastAt() < about.to - 3 * Times.DAY)
        .sorted(Comparator.comparingLong(FilledSession::lastAt).thenComparing(BY_NAME))
        .map(
            s ->
                row(
                    s.tenant,
                    s.id,
                    s.owner,
                    s.createdAt,
                    s.head() == 0 ? null : s.lastAt(),
                    about.to - s.lastAt()))
        .toList();
  }
}
