package dev.tidemark.log;

import dev.tidemark.log.PageRows.Found;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Reads where a session stands and its events from a cursor on, in one statement, and so at one
 * moment and in one round trip.
 *
 * <p>Native SQL: the database itself cuts the page by bytes, so that a page of large events is not
 * fetched to be thrown away. The two times of the counter row bound {@code created_at}, so that of
 * the log's days only those are touched that this session's replay window spans, whatever the log
 * holds. So many events are asked for by their cursors, which are dense (R1): a {@code limit} would
 * have all that follow sorted first, because the days are not in the order of cursors.
 *
 * <p>Most who come back were not away for long: so it is the last day that is looked at first, and
 * PostgreSQL does not even open the others; then the last day of the session itself, if that was
 * another. What is older costs these looks in vain.
 */
final class PageQuery {
  static final String READ =
      "select "
          + PageRows.COLUMNS
          + """
      from tidemark.session_head h
      left join lateral (
        select cursor, event_id, type, source, turn_id, created_at, payload,
               sum(octet_length(payload::text)) over (order by cursor rows unbounded preceding) as bytes
        from tidemark.event
        where session_key = h.session_key and cursor between ? and ? and cursor >= h.floor_cursor
          and created_at between h.floor_at and h.last_event_at and created_at between ? and ?) as e
        on e.bytes <= ? or e.cursor = ?
      where h.session_key = ?
      order by e.cursor""";

  private static final Duration RECENT = Duration.ofDays(1);

  private PageQuery() {}

  /**
   * At most {@code mostEvents} events and {@code mostBytes} payload bytes, but the first event in
   * any case.
   *
   * @throws UnknownSessionException if there is no such session
   * @throws EventMissingException if the first event is missing
   */
  static Page read(
      Connection connection, long sessionKey, long fromCursor, int mostEvents, long mostBytes)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(READ)) {
      select.setLong(1, fromCursor);
      select.setLong(2, fromCursor + mostEvents - 1);
      select.setLong(5, mostBytes);
      select.setLong(6, fromCursor);
      select.setLong(7, sessionKey);
      OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
      OffsetDateTime yesterday = now.minus(RECENT);
      Found found = read(select, yesterday, now.plus(RECENT), sessionKey, fromCursor);
      OffsetDateTime newestAt = found.newestAt();
      if (found.page().isEmpty() && newestAt != null && newestAt.isBefore(yesterday)) {
        found = read(select, newestAt.minus(RECENT), newestAt, sessionKey, fromCursor);
      }
      if (found.page().isEmpty()) {
        found = read(select, OffsetDateTime.MIN, OffsetDateTime.MAX, sessionKey, fromCursor);
      }
      return found.page().orElseThrow(() -> new EventMissingException(sessionKey, fromCursor));
    }
  }

  private static Found read(
      PreparedStatement select,
      OffsetDateTime notBefore,
      OffsetDateTime notAfter,
      long sessionKey,
      long fromCursor)
      throws SQLException {
    select.setObject(3, notBefore);
    select.setObject(4, notAfter);
    return PageRows.read(select, sessionKey, fromCursor, true);
  }
}
