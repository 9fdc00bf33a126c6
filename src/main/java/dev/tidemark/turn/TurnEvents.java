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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What running turns say, in the group commits of the log. Under the session's lock each batch asks
 * whether these turns are still running, here, and wanted: the same fence as that of {@link
 * TurnJournal}.
 */
@ApplicationScoped
public class TurnEvents implements AppendParticipant<UUID> {
  private static final String FIND =
      "select turn_id, status = 'running' and lease_owner = ?, abort_requested_at is not null from tidemark.turn where turn_id = any(?)";

  @Inject Appender appender;
  @Inject Settings settings;

  /**
   * Appends one event of a running turn, and waits until it is durable.
   *
   * @return true
   * @throws TurnOverException if the turn is not this node's any more, or a client asked for its
   *     end
   */
  boolean append(Turn turn, Draft draft) {
    return !appender.appendAndWait(turn.sessionKey, List.of(draft), this, turn.turnId).isEmpty();
  }

  @Override
  public List<Verdict> judge(Connection connection, List<UUID> turnIds) throws SQLException {
    Map<UUID, Verdict> verdicts = new HashMap<>();
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      find.setString(1, settings.nodeName());
      find.setArray(
          2, connection.createArrayOf("uuid", turnIds.stream().distinct().toArray(UUID[]::new)));
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          boolean ours = row.getBoolean(2);
          boolean aborted = row.getBoolean(3);
          if (ours) {
            verdicts.put(row.getObject(1, UUID.class), aborted ? over(Cause.ABORTED) : Verdict.GO);
          }
        }
      }
    }
    return turnIds.stream()
        .map(turnId -> verdicts.containsKey(turnId) ? verdicts.get(turnId) : over(Cause.LEASE_LOST))
        .toList();
  }

  @Override
  public Optional<AppendCondition> condition(List<UUID> turnIds) {
    return Optional.of(new AllOurs(settings.nodeName(), turnIds.stream().distinct().toList()));
  }

  /**
   * All of these turns are running, here, and wanted. They go as what they are: a text would be
   * cast anew for each row that is looked at.
   */
  private record AllOurs(String nodeName, List<UUID> turnIds) implements AppendCondition {
    @Override
    public String sql() {
      return """
          (select count(*) from tidemark.turn
           where turn_id = any(?) and status = 'running' and lease_owner = ? and abort_requested_at is null) = ?""";
    }

    @Override
    public int set(PreparedStatement statement, int index) throws SQLException {
      statement.setArray(
          index, statement.getConnection().createArrayOf("uuid", turnIds.toArray(UUID[]::new)));
      statement.setString(index + 1, nodeName);
      statement.setInt(index + 2, turnIds.size());
      return index + 3;
    }
  }

  @Override
  public boolean writes() {
    return false;
  }

  private static Verdict over(Cause why) {
    return Verdict.refuse(new TurnOverException(why));
  }
}
