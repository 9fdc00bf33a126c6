package dev.tidemark.tools.fill;

import static dev.tidemark.tools.fill.ResultRows.row;
import static java.util.stream.Collectors.groupingBy;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Expected results about refusals, from the generated data. */
final class ExpectedRefusals {
  private final MonthDataset dataset;
  private final QuestionSubjects subjects;

  ExpectedRefusals(MonthDataset dataset, QuestionSubjects subjects) {
    this.dataset = dataset;
    this.subjects = subjects;
  }

  List<List<Object>> refused() {
    Map<String, List<Dataset.Refusal>> grouped =
        dataset.all.refusals.stream()
            .filter(r -> r.lastAt() >= subjects.from && r.lastAt() < subjects.to)
            .collect(
                groupingBy(
                    r -> // null sorts last, as in PostgreSQL
                    r.operation()
                            + " "
                            + r.code()
                            + " "
                            + (r.principal() == null ? "~" : r.principal())
                            + " "
                            + r.address(),
                    TreeMap::new,
                    Collectors.toList()));
    return grouped.values().stream()
        .sorted(Comparator.comparingLong(g -> -times(g)))
        .map(
            g ->
                row(
                    g.get(0).operation(),
                    g.get(0).code(),
                    g.get(0).principal(),
                    g.get(0).address(),
                    times(g),
                    g.stream().mapToLong(Dataset.Refusal::at).min().orElseThrow(),
                    g.stream().mapToLong(Dataset.Refusal::lastAt).max().orElseThrow()))
        .toList();
  }

  List<List<Object>> strangers() {
    return dataset.all.joins.stream()
        .filter(
            j ->
                j.sessionId().equals(subjects.stranger.sessionId())
                    && j.outcome().equals("refused"))
        .map(j -> row(j.at(), j.principal(), j.address(), j.userAgent(), j.reason()))
        .toList();
  }

  private static long times(List<Dataset.Refusal> refusals) {
    return refusals.stream().mapToLong(Dataset.Refusal::times).sum();
  }
}
