package dev.tidemark.turn;

import dev.tidemark.log.AppendParticipant.Written;
import dev.tidemark.log.ColumnArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** The turns that messages ask for, many in one statement. */
final class QueuedTurnSql {
  /** In the order of the cursors, which is the order in which a session's turns run. */
  private static final String INSERT =
      """
      insert into tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, status, queued_at)
      select turn_id::uuid, session_key, cursor, message_id, agent_id, 'queued', clock_timestamp()
      from unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[]) as asked (turn_id, session_key, cursor, message_id, agent_id)
      order by session_key, cursor""";

  private QueuedTurnSql() {}

  static void insert(Connection connection, List<Written<Messages.Said>> messages)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      var unused =
          new ColumnArrays<>(insert, messages)
              .texts(message -> UUID.randomUUID().toString())
              .longs(Written::sessionKey)
              .longs(message -> message.events().get(0).cursor())
              .texts(message -> message.subject().key().messageId())
              .texts(message -> message.subject().agentId());
      insert.executeUpdate();
    }
  }
}
