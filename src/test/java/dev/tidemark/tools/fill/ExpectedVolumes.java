package dev.tidemark.tools.fill;

import static dev.tidemark.tools.fill.ResultRows.row;
import static java.util.stream.Collectors.groupingBy;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Expected results about amounts, from the generated data. */
final class ExpectedVolumes {
  private static final int MAX_ROWS = 10;
  private static final Comparator<FilledSession> BY_NAME =
      Comparator.comparing((FilledSession s) -> s.tenant).thenComparing(s -> s.id);

  private final MonthDataset dataset;
  private final QuestionSubjects subjects;

  ExpectedVolumes(MonthDataset dataset, QuestionSubjects subjects) {
    this.dataset = dataset;
    this.subjects = subjects;
  }

  List<List<Object>> largest() {
    return dataset.month.sessions.stream()
        .sorted(Comparator.comparingInt((FilledSession s) -> -s.head()).thenComparing(BY_NAME))
        .limit(MAX_ROWS)
        .map(
            s ->
                row(
                    s.tenant,
                    s.id,
                    s.agent,
                    s.owner,
                    s.head(),
                    dataset.messages(s).size(),
                    dataset.all.turns.stream().filter(t -> t.session() == s).count(),
                    s.lastAt()))
        .toList();
  }

  List<List<Object>> ofAPerson() {
    return dataset.month.sessions.stream()
        .filter(s -> s.owner.equals(subjects.session.owner))
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
    Map<FilledSession, List<Dataset.Event>> bySession =
        dataset.events(subjects.from, subjects.to).collect(groupingBy(Dataset.Event::session));
    return bySession.entrySet().stream()
        .sorted(
            Comparator.comparingInt(
                    (Map.Entry<FilledSession, List<Dataset.Event>> s) -> -s.getValue().size())
                .thenComparing(Map.Entry.comparingByKey(BY_NAME)))
        .limit(MAX_ROWS)
        .map(
            s ->
                row(
                    s.getKey().tenant,
                    s.getKey().id,
                    s.getValue().size(),
                    s.getValue().stream().mapToLong(Dataset.Event::at).max().orElseThrow()))
        .toList();
  }

  List<List<Object>> minutes() {
    Map<Long, List<Dataset.Event>> byMinute =
        dataset
            .events(subjects.from, subjects.to)
            .collect(
                groupingBy(
                    e -> e.at() / Times.MINUTE * Times.MINUTE, TreeMap::new, Collectors.toList()));
    return byMinute.entrySet().stream()
        .sorted(Comparator.comparingInt(m -> -m.getValue().size()))
        .limit(MAX_ROWS)
        .map(
            m ->
                row(
                    m.getKey(),
                    m.getValue().size(),
                    m.getValue().stream().map(Dataset.Event::session).distinct().count()))
        .toList();
  }

  List<List<Object>> daily() {
    Map<String, List<Dataset.Event>> grouped =
        dataset
            .events(subjects.to - 3 * Times.DAY, subjects.to)
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

  /** Tenant, sessions, events, events a day, trend in percent and events in 90 days. */
  List<List<Object>> growth() {
    return dataset.month.sessions.stream().collect(groupingBy(s -> s.tenant)).entrySet().stream()
        .map(t -> growthOf(t.getKey(), t.getValue()))
        .sorted(Comparator.comparingLong((List<Object> row) -> -(long) row.get(2)))
        .toList();
  }

  private List<Object> growthOf(String tenant, List<FilledSession> sessions) {
    long total = sessions.stream().mapToLong(FilledSession::head).sum();
    long middle = subjects.to - 7 * Times.DAY;
    double before = eventsOf(tenant, subjects.to - 14 * Times.DAY, middle);
    double after = eventsOf(tenant, middle, subjects.to);
    double perDay = (before + after) / 14;
    return row(
        tenant,
        sessions.size(),
        total,
        Math.round(perDay),
        Math.round(100 * after / before - 100),
        Math.round(total + 90 * perDay));
  }

  private long eventsOf(String tenant, long from, long to) {
    return dataset.events(from, to).filter(e -> e.session().tenant.equals(tenant)).count();
  }

  List<List<Object>> members() {
    return FilledMember.of(dataset.month.sessions).stream()
        .filter(m -> m.session() == subjects.session)
        .map(
            m ->
                row(
                    m.principal(),
                    m.mayWrite(),
                    m.addedAt(),
                    m.session().owner,
                    m.removedAt(),
                    m.removedAt() == null ? null : m.session().owner))
        .toList();
  }

  /** No session has been verified yet; each has a row with all its events. */
  List<List<Object>> unverified() {
    return dataset.month.sessions.stream()
        .sorted(BY_NAME)
        .map(s -> row(s.tenant, s.id, null, null, null, "never", null, s.head()))
        .toList();
  }

  List<List<Object>> idle() {
    return dataset.month.sessions.stream()
        .filter(s -> s.closedAt == null && s.lastAt() < subjects.to - 3 * Times.DAY)
        .sorted(Comparator.comparingLong(FilledSession::lastAt).thenComparing(BY_NAME))
        .map(
            s ->
                row(
                    s.tenant,
                    s.id,
                    s.owner,
                    s.createdAt,
                    s.head() == 0 ? null : s.lastAt(),
                    subjects.to - s.lastAt()))
        .toList();
  }
}
