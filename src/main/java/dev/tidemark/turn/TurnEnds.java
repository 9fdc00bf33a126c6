package dev.tidemark.turn;

import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.config.Settings;
import dev.tidemark.log.AppendParticipant;
import dev.tidemark.log.Appender;
import dev.tidemark.session.MessageSql;
import dev.tidemark.wire.EventFrame;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Ends turns, in the group commits of the log: the one terminal event, {@code stream_end}, the
 * answer among the messages and the turn's row are one transaction under the session's lock.
 */
@ApplicationScoped
public class TurnEnds implements AppendParticipant<TurnEnds.End> {
  @Inject Appender appender;
  @Inject Settings settings;

  /** A turn to be ended, and its outcome. */
  record End(Turn turn, TurnOutcome outcome) {
    /** The answer as a message, which has the cursor of its event. */
    private Optional<MessageSql.Row> answer(EventFrame event) {
      return outcome
          .answer()
          .map(
              answer ->
                  new MessageSql.Row(
                      new MessageSql.Key(turn.sessionKey, event.source(), turn.turnId.toString()),
                      event.cursor(),
                      "agent",
                      answer.toString(),
                      "{}",
                      event.timestamp(),
                      turn.turnId));
    }
  }

  /**
   * Ends a running turn of this node. Does nothing if the turn is no longer this node's or has
   * ended, so an end whose outcome is unknown can be repeated. Does not wait.
   *
   * @return a stage that completes when the end is durable
   * @throws dev.tidemark.log.PayloadTooLargeException if the terminal event is larger than an event
   *     may be
   */
  CompletionStage<Void> end(TurnRun run, TurnOutcome outcome) {
    Turn turn = run.turn();
    return appender
        .append(run.sender(), turn.sessionKey, outcome.drafts(turn), this, new End(turn, outcome))
        .handle(
            (events, failure) -> {
              if (failure == null || failure instanceof TurnOverException) {
                return null; // it has its terminal event, or another node appends that
              }
              throw new CompletionException(failure);
            });
  }

  @Override
  public List<Verdict> judge(Connection connection, List<End> ends) throws SQLException {
    Map<UUID, TurnSql.Running> running =
        TurnSql.running(connection, ends.stream().map(end -> end.turn().turnId).toList());
    List<Verdict> verdicts = new ArrayList<>(ends.size());
    for (End end : ends) {
      Turn turn = end.turn();
      TurnSql.Running now = running.get(turn.turnId);
      if (now == null || !settings.nodeName().equals(now.leaseOwner())) {
        verdicts.add(Verdict.refuse(new TurnOverException(Cause.LEASE_LOST)));
      } else if (!now.isFree()) {
        verdicts.add(Verdict.HELD);
      } else if (end.outcome().status() == TurnStatus.ABORTED) {
        // The reason of an abort was written after this node had read the turn.
        verdicts.add(Verdict.goWith(TurnOutcome.aborted(turn, now.abortReason()).drafts(turn)));
      } else {
        verdicts.add(Verdict.GO);
      }
    }
    return verdicts;
  }

  @Override
  public boolean changesVerdicts() {
    return true;
  }

  @Override
  public void write(Connection connection, List<Written<End>> written) throws SQLException {
    TurnSql.end(
        connection,
        written.stream()
            .map(end -> new TurnSql.Ended(end.subject().outcome().status(), end.events().get(0)))
            .toList());
    List<MessageSql.Row> answers =
        written.stream()
            .flatMap(end -> end.subject().answer(end.events().get(0)).stream())
            .toList();
    if (!answers.isEmpty()) {
      MessageSql.insert(connection, answers);
    }
  }
}
