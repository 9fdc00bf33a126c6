package dev.tidemark.turn;

import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.config.Settings;
import dev.tidemark.log.AppendCondition;
import dev.tidemark.log.AppendParticipant;
import dev.tidemark.log.Appender;
import dev.tidemark.log.Draft;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Appends the output of running turns, in the group commits of the log. Each batch checks under the
 * sessions' locks that its turns still run on this node and have no abort request: the same fence
 * as in {@link TurnTransitions}.
 */
@ApplicationScoped
public class TurnEvents implements AppendParticipant<UUID> {
  @Inject Appender appender;
  @Inject Settings settings;

  /**
   * Appends one event of a running turn, and waits until it is durable.
   *
   * @return true
   * @throws TurnOverException if the turn is no longer this node's, or a client asked to abort it
   */
  boolean append(TurnRun run, Draft draft) {
    Turn turn = run.turn();
    return !appender
        .appendAndWait(run.sender(), turn.sessionKey, List.of(draft), this, turn.turnId)
        .isEmpty();
  }

  @Override
  public List<Verdict> judge(Connection connection, List<UUID> turnIds) throws SQLException {
    Map<UUID, Boolean> abortRequests =
        TurnSql.abortRequests(connection, settings.nodeName(), distinct(turnIds));
    return turnIds.stream().map(turnId -> verdict(abortRequests.get(turnId))).toList();
  }

  /**
   * @param abortRequested whether the turn has an abort request; {@code null} if it is not this
   *     node's
   */
  private static Verdict verdict(Boolean abortRequested) {
    if (abortRequested == null) {
      return Verdict.refuse(new TurnOverException(Cause.LEASE_LOST));
    }
    return abortRequested ? Verdict.refuse(new TurnOverException(Cause.ABORTED)) : Verdict.GO;
  }

  @Override
  public Optional<AppendCondition> condition(List<UUID> turnIds) {
    return Optional.of(new TurnSql.AllGoing(settings.nodeName(), distinct(turnIds)));
  }

  private static List<UUID> distinct(List<UUID> turnIds) {
    return turnIds.stream().distinct().toList();
  }

  @Override
  public boolean writes() {
    return false;
  }
}
