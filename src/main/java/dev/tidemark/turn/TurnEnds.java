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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
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
  private static final String FIND =
      """
      select turn_id, coalesce(abort_reason, 'user') from tidemark.turn
      where lease_owner = ? and status = 'running' and turn_id = any(?)""";

  @Inject Appender appender;
  @Inject Settings settings;

  /** A turn on its way to its end. */
  record End(Turn turn, TurnOutcome ending) {
    /** The answer as a message, which has the cursor of its event. */
    private Optional<MessageSql.Row> answer(EventFrame event) {
      return ending
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
   * Ends a running turn of this node, and waits until that is durable. Does nothing if the turn is
   * not this node's any more, or has ended: so an end whose outcome is unknown is asked for again.
   *
   * @throws dev.tidemark.log.PayloadTooLargeException if the ending is larger than an event may be
   */
  void end(Turn turn, TurnOutcome ending) {
    try {
      var unused =
          appender.appendAndWait(turn.sessionKey, ending.drafts(turn), this, new End(turn, ending));
    } catch (TurnOverException e) {
      // It has its terminal event, or another node gives it one.
    }
  }

  /** Two who end one turn in one batch: the second finds it ended in the next. */
  @Override
  public List<Verdict> judge(Connection connection, List<End> ends) throws SQLException {
    Map<UUID, String> ours = abortReasons(connection, ends);
    Set<UUID> seen = new HashSet<>();
    List<Verdict> verdicts = new ArrayList<>(ends.size());
    for (End end : ends) {
      Turn turn = end.turn();
      if (!ours.containsKey(turn.turnId)) {
        verdicts.add(Verdict.refuse(new TurnOverException(Cause.LEASE_LOST)));
      } else if (!seen.add(turn.turnId)) {
        verdicts.add(Verdict.DEFER);
      } else if (end.ending().status() == TurnStatus.ABORTED) {
        // The reason of an abort came after this node had read the turn.
        verdicts.add(Verdict.goWith(TurnOutcome.aborted(turn, ours.get(turn.turnId)).drafts(turn)));
      } else {
        verdicts.add(Verdict.GO);
      }
    }
    return verdicts;
  }

  /** The fence: those of the turns that are still this node's, and why they would be aborted. */
  private Map<UUID, String> abortReasons(Connection connection, List<End> ends)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      find.setString(1, settings.nodeName());
      find.setArray(
          2,
          connection.createArrayOf(
              "uuid", ends.stream().map(end -> end.turn().turnId).toArray(UUID[]::new)));
      try (ResultSet row = find.executeQuery()) {
        Map<UUID, String> reasons = new HashMap<>();
        while (row.next()) {
          reasons.put(row.getObject(1, UUID.class), row.getString(2));
        }
        return reasons;
      }
    }
  }

  @Override
  public void write(Connection connection, List<Written<End>> written) throws SQLException {
    EndedTurnSql.update(
        connection,
        written.stream()
            .map(end -> new EndedTurnSql.Row(end.subject().ending().status(), end.events().get(0)))
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
