package dev.tidemark.turn;

import dev.tidemark.log.ColumnArrays;
import dev.tidemark.log.Sender;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** The statements of aborts, in a group commit of the log. None waits for a row. */
final class TurnAbortSql {
  private static final String FIND =
      """
      with found as materialized (
        select t.*, s.tenant
        from unnest(?::bigint[]) as asked (session_key)
        cross join lateral (
          select q.turn_id, q.session_key, q.message_id, q.agent_id, q.attempt, q.sender,
            q.status = 'running' as is_running
          from tidemark.turn q where q.session_key = asked.session_key and q.status in ('running', 'queued')
          order by q.status = 'running' desc, q.message_cursor, q.turn_number limit 1) t
        join tidemark.session s on s.session_key = t.session_key),
      free as materialized (
        select t.turn_id from tidemark.turn t join found using (turn_id) for no key update of t skip locked)
      select found.*, free.turn_id is not null as is_free from found left join free using (turn_id)""";

  /** The first request stays. */
  private static final String REQUEST =
      """
      update tidemark.turn t set abort_requested_at = clock_timestamp(), abort_reason = a.reason
      from unnest(?::text[], ?::text[]) as a (turn_id, reason)
      where t.turn_id = a.turn_id::uuid and t.abort_requested_at is null""";

  private TurnAbortSql() {}

  /**
   * The turn that an abort means.
   *
   * @param sender who sent its message; the name is {@code null} if it is not known
   * @param isFree whether nobody else held the turn's row; then it is held now
   */
  record Target(Turn turn, Sender sender, boolean isRunning, boolean isFree) {}

  /** The running turn of each session or else its next one, by session. */
  static Map<Long, Target> targets(Connection connection, List<Long> sessionKeys)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      var unused = new ColumnArrays<>(find, sessionKeys).longs(Function.identity());
      Map<Long, Target> targets = new HashMap<>();
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          Turn turn = new Turn();
          turn.turnId = row.getObject("turn_id", UUID.class);
          turn.sessionKey = row.getLong("session_key");
          turn.messageId = row.getString("message_id");
          turn.agentId = row.getString("agent_id");
          turn.attempt = row.getInt("attempt");
          targets.put(
              turn.sessionKey,
              new Target(
                  turn,
                  new Sender(row.getString("tenant"), row.getString("sender")),
                  row.getBoolean("is_running"),
                  row.getBoolean("is_free")));
        }
      }
      return targets;
    }
  }

  /** Notes the aborts with their turns. */
  static void request(Connection connection, List<TurnAborts.Abort> aborts) throws SQLException {
    try (PreparedStatement request = connection.prepareStatement(REQUEST)) {
      var unused =
          new ColumnArrays<>(request, aborts)
              .texts(abort -> abort.target().turn().turnId.toString())
              .texts(TurnAborts.Abort::reason);
      request.executeUpdate();
    }
  }
}
