package dev.tidemark.tools.fill;

import static dev.tidemark.tools.fill.Answer.row;
import static java.util.stream.Collectors.groupingBy;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Expected results about refusals, from the filler's facts. */
final class RefusalAnswers {
  private final Known known;
  private final About about;

  RefusalAnswers(Known known, About about) {
    this.known = known;
    this.about = about;
  }

  List<List<Object>> refused() {
    Map<String, List<Facts.Refusal>> grouped =
        known.facts.refusals.stream()
            .filter(r -> r.lastAt() >= about.from && r.lastAt() < about.to)
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
                    g.stream().mapToLong(Facts.Refusal::at).min().orElseThrow(),
                    g.stream().mapToLong(Facts.Refusal::lastAt).max().orElseThrow()))
        .toList();
  }

  List<List<Object>> strangers() {
    return known.facts.joins.stream()
        .filter(
            j -> j.sessionId().equals(about.stranger.sessionId()) && j.outcome().equals("refused"))
        .map(j -> row(j.at(), j.principal(), j.address(), j.userAgent(), j.reason()))
        .toList();
  }

  private static long times(List<Facts.Refusal> refusals) {
    return refusals.stream().mapToLong(Facts.Refusal::times).sum();
  }
}
