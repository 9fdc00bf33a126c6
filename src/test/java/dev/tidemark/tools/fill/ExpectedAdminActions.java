package dev.tidemark.tools.fill;

import static dev.tidemark.tools.fill.ResultRows.row;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Expected results about administrators' actions and about nodes, from the generated data. */
final class ExpectedAdminActions {
  private final MonthDataset dataset;
  private final QuestionSubjects subjects;

  ExpectedAdminActions(MonthDataset dataset, QuestionSubjects subjects) {
    this.dataset = dataset;
    this.subjects = subjects;
  }

  List<List<Object>> all() {
    return inTheWindow()
        .map(
            a ->
                row(
                    a.at(),
                    a.principal(),
                    a.tenant(),
                    a.address(),
                    a.operation(),
                    a.target(),
                    a.why()))
        .toList();
  }

  List<List<Object>> disconnected() {
    return inTheWindow()
        .filter(Dataset.AdminAction::revokes)
        .map(
            a ->
                row(
                    a.at(),
                    a.tenant(),
                    a.targetIf("principal"),
                    a.targetIf("subject"),
                    a.targetIf("provider_session"),
                    a.principal(),
                    a.address(),
                    a.why()))
        .toList();
  }

  List<List<Object>> nodes() {
    return dataset.month.world.nodes.stream()
        .filter(n -> n.started() < subjects.to && n.seen() >= subjects.from)
        .sorted(Comparator.comparing(World.NodeRun::started).thenComparing(World.NodeRun::name))
        .map(
            n ->
                row(
                    n.name(),
                    n.started(),
                    n.seen(),
                    n.stopped(),
                    n.version(),
                    17,
                    "17.0.15",
                    "WildFly 39.0.1.Final",
                    n.settings()))
        .toList();
  }

  private Stream<Dataset.AdminAction> inTheWindow() {
    return dataset.all.adminActions.stream()
        .filter(a -> a.at() >= subjects.from && a.at() < subjects.to);
  }
}
