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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

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
   * Ends a running turn of this node, and waits until the end is durable. Does nothing if the turn
   * is no longer this node's or has ended, so an end whose outcome is unknown can be repeated.
   *
   * @throws dev.tidemark.log.PayloadTooLargeException if the terminal event is larger than an event
   *     may be
   */
  void end(Turn turn, TurnOutcome outcome) {
    try {
      var unused =
          appender.appendAndWait(
              turn.sessionKey, outcome.drafts(turn), this, new End(turn, outcome));
    } catch (TurnOverException e) {
      // The turn has its terminal event, or another node appends it.
    }
  }

  /** Of two ends of one turn in a batch, the second is deferred to the next and finds it ended. */
  @Override
  public List<Verdict> judge(Connection connection, List<End> ends) throws SQLException {
    Map<UUID, String> ours =
        TurnSql.abortReasons(
            connection, settings.nodeName(), ends.stream().map(end -> end.turn().turnId).toList());
    Set<UUID> seen = new HashSet<>();
    List<Verdict> verdicts = new ArrayList<>(ends.size());
    for (End end : ends) {
      Turn turn = end.turn();
      if (!ours.containsKey(turn.turnId)) {
        verdicts.add(Verdict.refuse(new TurnOverException(Cause.LEASE_LOST)));
      } else if (!seen.add(turn.turnId)) {
        verdicts.add(Verdict.DEFER);
      } else if (end.outcome().status() == TurnStatus.ABORTED) {
        // The reason of an abort was written after this node had read the turn.
        verdicts.add(Verdict.goWith(TurnOutcome.aborted(turn, ours.get(turn.turnId)).drafts(turn)));
      } else {
        verdicts.add(Verdict.GO);
      }
    }
    return verdicts;
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
