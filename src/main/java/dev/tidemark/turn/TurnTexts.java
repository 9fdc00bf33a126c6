package dev.tidemark.turn;

import dev.tidemark.wire.FrameCost;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What an agent is given for a turn, as texts of JSON.
 *
 * @param content content of the message: a JSON string or object
 * @param metadata metadata of the message: a JSON object
 * @param state the session's state: a JSON object
 */
record TurnTexts(String content, String metadata, String state) {
  /** How many texts these are. */
  static final int NUMBER = 3;

  /** Reads the columns of these names. */
  static TurnTexts of(ResultSet row) throws SQLException {
    return new TurnTexts(
        row.getString("content"), row.getString("metadata"), row.getString("state"));
  }

  /** The heap that they take with all that is made of them, in bytes. */
  long heapBytes() {
    return heapBytes(content) + heapBytes(metadata) + heapBytes(state);
  }

  private static long heapBytes(String text) {
    return FrameCost.ofText(text) + FrameCost.ofHandling(text);
  }
}
