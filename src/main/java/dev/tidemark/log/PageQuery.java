package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import jakarta.persistence.EntityManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.Session;

/**
 * Reads events of one session in order. Native SQL, because the database itself cuts the page by
 * bytes: a page of large events is not fetched to be thrown away.
 */
final class PageQuery {
  private static final String READ =
      """
      select cursor, event_id, type, source, turn_id, created_at, payload
      from (
        select cursor, event_id, type, source, turn_id, created_at, payload::text as payload,
               sum(octet_length(payload::text)) over (order by cursor) as bytes
        from (
          select * from tidemark.event
          where session_key = ? and cursor between ? and ?
          order by cursor limit ?) as newest) as summed
      where bytes <= ? or cursor = ?
      order by cursor""";

  private PageQuery() {}

  /**
   * At most {@code mostEvents} events and {@code mostBytes} payload bytes, but the first event in
   * any case.
   */
  static List<EventFrame> read(
      EntityManager entities,
      long sessionKey,
      long fromCursor,
      long toCursor,
      int mostEvents,
      long mostBytes) {
    return entities
        .unwrap(Session.class)
        .doReturningWork(
            connection -> {
              try (PreparedStatement select = connection.prepareStatement(READ)) {
                select.setLong(1, sessionKey);
                select.setLong(2, fromCursor);
                select.setLong(3, toCursor);
                select.setInt(4, mostEvents);
                select.setLong(5, mostBytes);
                select.setLong(6, fromCursor);
                try (ResultSet rows = select.executeQuery()) {
                  List<EventFrame> events = new ArrayList<>();
                  while (rows.next()) {
                    events.add(event(rows));
                  }
                  return List.copyOf(events);
                }
              }
            });
  }

  private static EventFrame event(ResultSet row) throws SQLException {
    return new EventFrame(
        row.getLong("cursor"),
        row.getString("event_id"),
        row.getString("type"),
        row.getString("source"),
        row.getString("turn_id"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getString("payload"));
  }
}
