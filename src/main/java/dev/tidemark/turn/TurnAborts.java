package dev.tidemark.turn;

import dev.tidemark.config.Settings;
import dev.tidemark.log.AppendParticipant;
import dev.tidemark.log.Appender;
import dev.tidemark.log.Draft;
import dev.tidemark.log.Sender;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * Aborts turns, in the group commits of the log: so no thread waits for a session whose row is
 * held. A running turn gets a request, which its node obeys; a turn that waits ends at once,
 * without a place and without its agent.
 */
@ApplicationScoped
public class TurnAborts implements AppendParticipant<TurnAborts.Abort> {
  @Inject Appender appender;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Event<AbortRequested> abortRequested;
  @Inject Event<TurnQueued> queued;

  /** An abort, for which a writer finds the turn. */
  static final class Abort {
    private final long sessionKey;
    private final String reason;
    private TurnAbortSql.Target target;

    Abort(long sessionKey, String reason) {
      this.sessionKey = sessionKey;
      this.reason = reason;
    }

    TurnAbortSql.Target target() {
      return target;
    }

    String reason() {
      return reason;
    }
  }

  /** Thrown if no turn runs or waits. */
  private static final class NothingToAbortException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NothingToAbortException() {
      super(null, null, false, false);
    }
  }

  /**
   * Aborts the session's running turn, or the next one if none is running yet: a client that says
   * stop right after a message means that message. Does not wait.
   *
   * @param asker who says stop, in whose share of the log the abort waits
   * @return a stage that completes with whether there is a turn to abort, when that is durable; on
   *     a thread that must not be held up
   * @throws dev.tidemark.log.LogBusyException if the log can take no more for the moment
   */
  public CompletionStage<Boolean> abort(Sender asker, long sessionKey, String reason) {
    return appender
        .append(asker, sessionKey, List.of(), this, new Abort(sessionKey, reason))
        .handle(
            (events, failure) -> {
              if (failure == null || failure instanceof NothingToAbortException) {
                return failure == null;
              }
              throw new CompletionException(failure);
            });
  }

  @Override
  public List<Verdict> judge(Connection connection, List<Abort> aborts) throws SQLException {
    Map<Long, TurnAbortSql.Target> targets =
        TurnAbortSql.targets(connection, aborts.stream().map(abort -> abort.sessionKey).toList());
    List<Verdict> verdicts = new ArrayList<>(aborts.size());
    for (Abort abort : aborts) {
      abort.target = targets.get(abort.sessionKey);
      if (abort.target == null) {
        verdicts.add(Verdict.refuse(new NothingToAbortException()));
      } else if (!abort.target.isFree()) {
        verdicts.add(Verdict.HELD);
      } else {
        verdicts.add(
            abort.target.isRunning() ? Verdict.ROWS_ONLY : Verdict.goWith(unstarted(abort)));
      }
    }
    return verdicts;
  }

  /** A turn without its agent: it begins and ends. */
  private static List<Draft> unstarted(Abort abort) {
    Turn turn = abort.target.turn();
    return Stream.concat(
            Stream.of(TurnStarts.started(turn)),
            TurnOutcome.aborted(turn, abort.reason).drafts(turn).stream())
        .toList();
  }

  @Override
  public boolean changesVerdicts() {
    return true;
  }

  @Override
  public void write(Connection connection, List<Written<Abort>> written) throws SQLException {
    TurnAbortSql.request(connection, written.stream().map(Written::subject).toList());
    List<Written<Abort>> ended = unstarted(written);
    if (!ended.isEmpty()) {
      ended.forEach(abort -> abort.subject().target.turn().begin(abort.events().get(0), settings));
      TurnQueueSql.begin(
          connection, ended.stream().map(abort -> abort.subject().target.turn()).toList());
      TurnSql.end(
          connection,
          ended.stream()
              .map(abort -> new TurnSql.Ended(TurnStatus.ABORTED, abort.events().get(1)))
              .toList());
    }
  }

  private static List<Written<Abort>> unstarted(List<Written<Abort>> written) {
    return written.stream().filter(abort -> !abort.subject().target.isRunning()).toList();
  }

  @Override
  public void committed(List<Written<Abort>> written) {
    for (Written<Abort> abort : written) {
      TurnAbortSql.Target target = abort.subject().target;
      if (target.isRunning()) {
        abortRequested.fire(new AbortRequested(target.turn().turnId));
      } else {
        metrics.count(Metric.TURNS_ENDED, 1, TurnStatus.ABORTED.text());
        queued.fire(new TurnQueued(abort.sessionKey(), target.sender()));
      }
    }
  }
}
