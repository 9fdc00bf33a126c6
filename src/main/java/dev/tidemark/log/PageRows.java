package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.postgresql.jdbc.PgResultSet;

/** Makes a page of the rows of a statement that selects {@link #COLUMNS}. */
final class PageRows {
  /** Where the session {@code h} stands, and an event {@code e} if there is one. */
  static final String COLUMNS =
      """
      h.head_cursor, h.floor_cursor, (select epoch_id from tidemark.epoch order by epoch_number desc limit 1),
      e.cursor, e.event_id, e.type, e.source, e.turn_id, e.created_at, e.payload, h.last_event_at
      """;

  private PageRows() {}

  /**
   * What came of a statement.
   *
   * @param page nothing if the first event was not found where it was looked for
   * @param newestAt when the newest event of the session was made, {@code null} before the first
   */
  record Found(Optional<Page> page, OffsetDateTime newestAt) {}

  /**
   * Reads the driver's own rows, and by number: the container's wrapper takes a lock for each
   * column of each row, and a name is looked up each time.
   *
   * <p>One row at least if there is such a session: without an event if there is none to give. A
   * page of dense events ends where one is missing, so that everybody gets what comes before.
   *
   * @throws UnknownSessionException if there is no such session
   */
  static Found read(PreparedStatement select, long sessionKey, long fromCursor, boolean dense)
      throws SQLException {
    try (ResultSet wrapped = select.executeQuery()) {
      ResultSet rows = wrapped.unwrap(PgResultSet.class);
      if (!rows.next()) {
        throw new UnknownSessionException(sessionKey);
      }
      Position position = new Position(uuid(rows, 3), rows.getLong(1), rows.getLong(2));
      OffsetDateTime newestAt = rows.getObject(11, OffsetDateTime.class);
      boolean none = fromCursor < position.floor() || fromCursor > position.head();
      List<EventFrame> events = none ? List.of() : events(rows, fromCursor, dense);
      return new Found(
          none || !events.isEmpty() ? Optional.of(new Page(position, events)) : Optional.empty(),
          newestAt);
    }
  }

  private static List<EventFrame> events(ResultSet rows, long fromCursor, boolean dense)
      throws SQLException {
    List<EventFrame> events = new ArrayList<>();
    do {
      long cursor = rows.getLong(4);
      if (cursor == 0 || (dense && cursor != fromCursor + events.size())) {
        break;
      }
      events.add(event(rows, cursor));
    } while (rows.next());
    return events;
  }

  private static EventFrame event(ResultSet row, long cursor) throws SQLException {
    return new EventFrame(
        cursor,
        uuid(row, 5),
        row.getString(6),
        row.getString(7),
        uuid(row, 8),
        row.getObject(9, OffsetDateTime.class).toInstant(),
        row.getString(10));
  }

  /**
   * Not by {@code getString}, which asks for the calendar of a time before it sees that it is none.
   */
  private static String uuid(ResultSet row, int column) throws SQLException {
    UUID value = row.getObject(column, UUID.class);
    return value == null ? null : value.toString();
  }
}
