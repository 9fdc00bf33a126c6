package dev.tidemark.tools.fill;

import dev.tidemark.wire.EventTypes;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** The subjects of the questions in a test: the values of psql's variables. */
final class About {
  final FilledSession session;
  final long to;
  final long from;

  /** A join of the session's owner, the only client at the moment {@link #at}. */
  final Facts.Join watching;

  final long at;
  final long first = 40;
  final long last;
  final Facts.Turn turn;
  final Facts.Turn unfinished;
  final Facts.Join stranger;

  About(Known known) {
    session =
        known.month.sessions.stream()
            .max(Comparator.comparingInt(FilledSession::head))
            .orElseThrow();
    to = Times.start(Times.day(known.month.world.until));
    from = to - Times.DAY;
    watching = watching(known);
    Facts.Point look = watching.points().get(watching.points().size() - 1);
    at = look.at() + Times.SECOND;
    last = look.sent();
    turn = turn(known, true);
    unfinished = turn(known, false);
    stranger =
        known.facts.joins.stream()
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
  private Facts.Join watching(Known known) {
    List<Facts.Join> joins = known.joins(session);
    return joins.stream()
        .filter(j -> j.session() != null && j.leave() != null && !j.points().isEmpty())
        .filter(j -> known.resyncOf(j) == null && (j.snapshot() || j.since() != null))
        .filter(j -> j.points().stream().allMatch(p -> p.sent() == session.headAt(p.at())))
        .filter(
            j -> {
              Facts.Point look = j.points().get(j.points().size() - 1);
              long moment = look.at() + Times.SECOND;
              return look.sent() > 60
                  && moment < j.leave().at()
                  && joins.stream().noneMatch(o -> !o.equals(j) && known.isConnected(o, moment));
            })
        .reduce((one, next) -> next)
        .orElseThrow(() -> new NoSuchElementException("nobody watched " + session.id + " alone"));
  }

  private Facts.Turn turn(Known known, boolean completed) {
    return known.facts.turns.stream()
        .filter(t -> t.status().equals("completed") == completed)
        .filter(
            t ->
                known.events(t.session()).stream()
                    .anyMatch(
                        e -> t.id().equals(e.turnId()) && e.type().equals(EventTypes.TOKEN_STREAM)))
        .reduce((one, next) -> next)
        .orElseThrow();
  }
}
