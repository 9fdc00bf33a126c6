package dev.tidemark.session;

import dev.tidemark.log.ColumnArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The statements on {@code message}, each for many sessions, on the connection of the transaction
 * that appends their events. Called under the sessions' locks.
 */
public final class MessageSql {
  private static final String FIND =
      """
      select asked.position, m.cursor
      from unnest(?::bigint[], ?::text[], ?::text[]) with ordinality
        as asked (session_key, sender, message_id, position)
      join tidemark.message m
        on (m.session_key, m.sender, m.message_id) = (asked.session_key, asked.sender, asked.message_id)""";

  private static final String INSERT =
      """
      insert into tidemark.message
        (session_key, cursor, message_id, sender, role, content, metadata, created_at, turn_id)
      select session_key, cursor, message_id, sender, role, content::json, metadata::json, created_at, turn_id::uuid
      from unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::timestamptz[], ?::text[])
        as said (session_key, cursor, message_id, sender, role, content, metadata, created_at, turn_id)""";

  /** The cursors and bytes of the newest messages of a session, the newest first. */
  static final String NEWEST_SIZES =
      """
      select cursor, octet_length(cast(content as text)) + octet_length(cast(metadata as text)) from tidemark.message
      where session_key = :key order by cursor desc limit :max""";

  private MessageSql() {}

  /** The key that makes a message unique (R10). */
  public record Key(long sessionKey, String sender, String messageId) {}

  /**
   * A row of {@code message}.
   *
   * @param role {@code user} or {@code agent}
   * @param content a JSON string or object
   * @param metadata a JSON object
   * @param turnId turn whose answer this is; {@code null} for a client's message
   */
  public record Row(
      Key key,
      long cursor,
      String role,
      String content,
      String metadata,
      Instant createdAt,
      UUID turnId) {}

  /** The cursor of the message of each key; 0 for a key without a message. */
  public static long[] cursorsOf(Connection connection, List<Key> keys) throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      var unused =
          new ColumnArrays<>(find, keys)
              .longs(Key::sessionKey)
              .texts(Key::sender)
              .texts(Key::messageId);
      long[] cursors = new long[keys.size()];
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          cursors[row.getInt(1) - 1] = row.getLong(2);
        }
      }
      return cursors;
    }
  }

  public static void insert(Connection connection, List<Row> rows) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      var unused =
          new ColumnArrays<>(insert, rows)
              .longs(row -> row.key().sessionKey())
              .longs(Row::cursor)
              .texts(row -> row.key().messageId())
              .texts(row -> row.key().sender())
              .texts(Row::role)
              .texts(Row::content)
              .texts(Row::metadata)
              .texts(row -> row.createdAt().toString())
              .texts(row -> row.turnId() == null ? null : row.turnId().toString());
      insert.executeUpdate();
    }
  }
}
