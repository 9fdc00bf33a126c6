package dev.tidemark.tools.fill;

import static dev.tidemark.tools.fill.ResultRows.row;

import java.util.List;
import java.util.stream.Stream;

/** Expected results about the actions of administrators, from the generated data. */
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

  private Stream<Dataset.AdminAction> inTheWindow() {
    return dataset.all.adminActions.stream()
        .filter(a -> a.at() >= subjects.from && a.at() < subjects.to);
  }
}
