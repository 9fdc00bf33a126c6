package dev.tidemark.tools.fill;

import dev.tidemark.wire.EventTypes;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** The subjects of the questions in a test: the values of psql's variables. */
final class QuestionSubjects {
  final FilledSession session;
  final long to;
  final long from;

  /** A join of the session's owner, the only client at the moment {@link #at}. */
  final Dataset.Join watching;

  final long at;
  final long first = 40;
  final long last;
  final Dataset.Turn turn;
  final Dataset.Turn unfinished;
  final Dataset.Join stranger;

  QuestionSubjects(MonthDataset dataset) {
    session =
        dataset.month.sessions.stream()
            .max(Comparator.comparingInt(FilledSession::head))
            .orElseThrow();
    to = Times.start(Times.day(dataset.month.world.until));
    from = to - Times.DAY;
    watching = watching(dataset);
    Dataset.Point look = watching.points().get(watching.points().size() - 1);
    at = look.at() + Times.SECOND;
    last = look.sent();
    turn = turn(dataset, true);
    unfinished = turn(dataset, false);
    stranger =
        dataset.all.joins.stream()
            .filter(j -> j.outcome().equals("refused"))
            .findFirst()
            .orElseThrow();
  }

  Map<String, String> variables() {
    return Map.of(
        "tenant", session.tenant,
        "session", session.id,
        "person", session.owner,
        "at", Times.text(at),
        "from", Times.text(from),
        "to", Times.text(to),
        "first", String.valueOf(first),
        "last", String.valueOf(last),
        "turn", turn.id().toString());
  }

  /** Finds the newest join with a look in its middle, by a client that was not behind. */
  private Dataset.Join watching(MonthDataset dataset) {
    List<Dataset.Join> joins = dataset.joins(session);
    return joins.stream()
        .filter(j -> j.session() != null && j.leave() != null && !j.points().isEmpty())
        .filter(j -> dataset.resyncOf(j) == null && (j.snapshot() || j.since() != null))
        .filter(j -> j.points().stream().allMatch(p -> p.sent() == session.headAt(p.at())))
        .filter(
            j -> {
              Dataset.Point look = j.points().get(j.points().size() - 1);
              long moment = look.at() + Times.SECOND;
              return look.sent() > 60
                  && moment < j.leave().at()
                  && joins.stream().noneMatch(o -> !o.equals(j) && dataset.isConnected(o, moment));
            })
        .reduce((one, next) -> next)
        .orElseThrow(() -> new NoSuchElementException("nobody watched " + session.id + " alone"));
  }

  private Dataset.Turn turn(MonthDataset dataset, boolean completed) {
    return dataset.all.turns.stream()
        .filter(t -> t.status().equals("completed") == completed)
        .filter(
            t ->
                dataset.events(t.session()).stream()
                    .anyMatch(
                        e -> t.id().equals(e.turnId()) && e.type().equals(EventTypes.TOKEN_STREAM)))
        .reduce((one, next) -> next)
        .orElseThrow();
  }
}
