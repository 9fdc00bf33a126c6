package dev.tidemark.turn;

import dev.tidemark.log.Sender;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * A turn that has begun, with the message that it answers and the session's state at that moment.
 *
 * @param content content of the message: a JSON string or object
 * @param metadata metadata of the message: a JSON object
 * @param state a JSON object
 * @param sender who sent the message
 * @param isFree whether nobody held the turn's row when it was read
 */
record StartedTurn(
    Turn turn,
    String sessionId,
    String content,
    String metadata,
    String state,
    Sender sender,
    boolean isFree) {
  /** Reads a row of {@link TurnQueueSql#next}. */
  static StartedTurn of(ResultSet row) throws SQLException {
    Turn turn = new Turn();
    turn.turnId = row.getObject("turn_id", UUID.class);
    turn.sessionKey = row.getLong("session_key");
    turn.messageCursor = row.getLong("message_cursor");
    turn.messageId = row.getString("message_id");
    turn.agentId = row.getString("agent_id");
    turn.attempt = row.getInt("attempt");
    turn.abortRequestedAt = instant(row.getObject("abort_requested_at", OffsetDateTime.class));
    if (row.getString("content") == null) {
      throw new IllegalStateException("Turn " + turn.turnId + " has no message.");
    }
    return new StartedTurn(
        turn,
        row.getString("session_id"),
        row.getString("content"),
        row.getString("metadata"),
        row.getString("state"),
        new Sender(row.getString("tenant"), row.getString("sender")),
        row.getBoolean("is_free"));
  }

  private static Instant instant(OffsetDateTime moment) {
    return moment == null ? null : moment.toInstant();
  }
}
