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

/**
 * Makes a page from a statement's rows: the first is the session's position, the others are events.
 * So values that all events share are not sent with each of them.
 */
final class PageMapper {
  private PageMapper() {}

  /**
   * The result of a statement.
   *
   * @param page empty if the first event was not found in the searched days, or twice
   * @param newestAt the time of the session's newest event, {@code null} before the first
   * @param whole whether the page is empty by right, or its last event is the one at which the
   *     database cut it or the head; otherwise an event is missing in the searched days, or there
   *     twice
   */
  record Found(Optional<Page> page, OffsetDateTime newestAt, boolean whole) {}

  /**
   * Reads the driver's own rows, and by number: the container's wrapper takes a lock for each
   * column of each row, and a name is looked up each time.
   *
   * <p>A page of dense events ends before a missing one, so that clients get the events before it.
   * Every page ends before a cursor that has two events, and at the head: head and events are of
   * one moment, and an event above the head was not appended, but put there.
   *
   * @throws UnknownSessionException if there is no such session
   */
  static Found read(PreparedStatement select, long sessionKey, long fromCursor, boolean dense)
      throws SQLException {
    try (ResultSet wrapped = ReaderRole.rows(select)) {
      ResultSet rows = wrapped.unwrap(PgResultSet.class);
      if (!rows.next()) {
        throw new UnknownSessionException(sessionKey);
      }
      Position position = new Position(uuid(rows, 4), rows.getLong(2), rows.getLong(3));
      OffsetDateTime newestAt = rows.getObject(5, OffsetDateTime.class);
      long last = Math.min(rows.getLong(10), position.head());
      boolean none = fromCursor < position.floor() || fromCursor > position.head();
      List<EventFrame> events = none ? List.of() : events(rows, fromCursor, position.head(), dense);
      return new Found(
          none || !events.isEmpty() ? Optional.of(new Page(position, events)) : Optional.empty(),
          newestAt,
          none || (!events.isEmpty() && events.get(events.size() - 1).cursor() == last));
    }
  }

  private static List<EventFrame> events(ResultSet rows, long fromCursor, long head, boolean dense)
      throws SQLException {
    List<EventFrame> events = new ArrayList<>();
    long before = fromCursor - 1;
    while (rows.next()) {
      long cursor = rows.getLong(1);
      if (cursor == before && !events.isEmpty()) {
        events.remove(events.size() - 1); // which of the two was appended, only the chain can tell
        break;
      }
      if (cursor > head || (dense && cursor != before + 1)) {
        break;
      }
      events.add(event(rows, cursor));
      before = cursor;
    }
    return events;
  }

  private static EventFrame event(ResultSet row, long cursor) throws SQLException {
    return new EventFrame(
        cursor,
        uuid(row, 4),
        row.getString(6),
        row.getString(7),
        uuid(row, 8),
        row.getObject(5, OffsetDateTime.class).toInstant(),
        row.getString(9));
  }

  /** Avoids {@code getString}, which fetches a calendar before it checks that a UUID is no time. */
  private static String uuid(ResultSet row, int column) throws SQLException {
    UUID value = row.getObject(column, UUID.class);
    return value == null ? null : value.toString();
  }
}
