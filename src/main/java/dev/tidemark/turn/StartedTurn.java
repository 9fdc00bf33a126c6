package dev.tidemark.turn;

import dev.tidemark.log.Sender;
import dev.tidemark.wire.FrameCost;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * A turn that has begun.
 *
 * @param texts the message that it answers and the session's state at that moment; empty if they
 *     are too large to be read with the turns of others
 * @param mostHeapBytes the heap that these texts may take, counted so that they never take more
 * @param sender who sent the message
 * @param isFree whether nobody held the turn's row when it was read
 */
record StartedTurn(
    Turn turn,
    String sessionId,
    Optional<TurnTexts> texts,
    long mostHeapBytes,
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
    long bytes = row.getLong("bytes");
    if (row.wasNull()) {
      throw new IllegalStateException("Turn " + turn.turnId + " has no message.");
    }
    return new StartedTurn(
        turn,
        row.getString("session_id"),
        row.getString("content") == null ? Optional.empty() : Optional.of(TurnTexts.of(row)),
        FrameCost.most(TurnTexts.NUMBER, bytes, row.getLong("plain_bytes")),
        new Sender(row.getString("tenant"), row.getString("sender")),
        row.getBoolean("is_free"));
  }

  private static Instant instant(OffsetDateTime moment) {
    return moment == null ? null : moment.toInstant();
  }
}
