package dev.tidemark.tools.fill;

import static dev.tidemark.tools.fill.ResultRows.row;
import static java.util.stream.Collectors.groupingBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Expected results about sign-ins, reads by REST and nodes, from the generated data. */
final class ExpectedAccess {
  private final MonthDataset dataset;
  private final QuestionSubjects subjects;

  ExpectedAccess(MonthDataset dataset, QuestionSubjects subjects) {
    this.dataset = dataset;
    this.subjects = subjects;
  }

  List<List<Object>> signedIn() {
    return counted(
        dataset.all.signIns.stream(),
        Dataset.SignIn::at,
        s -> key(s.principal(), s.tenant(), s.how(), s.operation(), s.address()));
  }

  List<List<Object>> readByRest() {
    return counted(
        dataset.all.restReadings.stream(),
        Dataset.RestReading::at,
        r -> key(r.principal(), r.tenant(), r.path(), r.sessionId(), r.address()));
  }

  List<List<Object>> nodes() {
    return dataset.month.world.nodes.stream()
        .sorted(Comparator.comparing(World.NodeRun::started).thenComparing(World.NodeRun::name))
        .map(n -> row(n.name(), n.started(), n.stopped(), n.seen(), 0, n.seen(), 0))
        .toList();
  }

  /** The rows in the window, those with the same key as one, the most frequent first. */
  private <T> List<List<Object>> counted(
      Stream<T> all, ToLongFunction<T> at, Function<T, List<String>> key) {
    TreeMap<List<String>, LongSummaryStatistics> grouped =
        all.filter(one -> at.applyAsLong(one) >= subjects.from && at.applyAsLong(one) < subjects.to)
            .collect(
                groupingBy(
                    key,
                    () -> new TreeMap<>(Comparator.comparing(ExpectedAccess::nullsLast)),
                    Collectors.summarizingLong(at)));
    return grouped.entrySet().stream()
        .sorted(Comparator.comparingLong(e -> -e.getValue().getCount()))
        .map(
            e -> {
              List<Object> row = new ArrayList<>(e.getKey());
              row.add(e.getValue().getCount());
              row.add(e.getValue().getMin());
              row.add(e.getValue().getMax());
              return row;
            })
        .toList();
  }

  private static List<String> key(String... parts) {
    return Arrays.asList(parts);
  }

  private static String nullsLast(List<String> key) {
    return key.stream().map(part -> part == null ? "~" : part).collect(Collectors.joining("\n"));
  }
}
