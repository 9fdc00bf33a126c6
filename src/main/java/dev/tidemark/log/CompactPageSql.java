package dev.tidemark.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Reads the events from one cursor to another, without the deltas of turns whose {@code response}
 * is among them. Omitted deltas are not even scanned: the events that are no deltas have an index
 * of their own, and deltas are looked for only outside the completed turns.
 *
 * <p>Each payload is converted to text once, for its length and for the page: an answer is long,
 * and stored compressed.
 *
 * <p>All other deltas are kept: those of a turn that is running, that failed or whose response lies
 * beyond the range, and those of no turn. Turns of a session do not overlap, so the cursors from a
 * turn's start to its response hold no deltas of another.
 */
final class CompactPageSql {
  /** A page holds at least one event of each completed turn, so it never needs more turns. */
  static final String READ =
      PageSql.HEAD
          + """
      , completed as materialized (
        select started_cursor as first, ended_cursor as last
        from tidemark.turn
        where session_key = ? and status = 'completed' and ended_cursor between ? and ?
        order by ended_cursor limit ?),
      bound as materialized (
        select case when count(*) < ? then ? else max(last) end as until from completed),
      kept as materialized (
        select coalesce(lag(last) over (order by last) + 1, ?) as first, first - 1 as last
        from completed
        union all
        select coalesce((select max(last) from completed) + 1, ?), (select until from bound))
      """
          + PageSql.select("null::bigint")
          + """
      from h cross join lateral (
        select n.*, sum(octet_length(payload)) over (order by cursor rows unbounded preceding) as bytes,
               row_number() over (order by cursor) as number
        from (
          select cursor, event_id, type, source, turn_id, created_at, payload::text as payload
          from (
            (select * from tidemark.event
             where session_key = h.session_key and cursor between ? and (select until from bound)
               and created_at between h.floor_at and h.last_event_at
               and (type not in ('token_stream', 'reasoning_stream', 'tool_call_stream', 'tool_result_stream')
                 or turn_id is null)
             order by cursor limit ?)
            union all
            (select d.* from kept cross join lateral (
               select * from tidemark.event
               where session_key = h.session_key and cursor between kept.first and kept.last
                 and created_at between h.floor_at and h.last_event_at
                 and type in ('token_stream', 'reasoning_stream', 'tool_call_stream', 'tool_result_stream')
                 and turn_id is not null
               order by cursor limit ?) as d
             where kept.first <= kept.last
             order by d.cursor limit ?)) as either
          order by cursor limit ?) as n) as e
      where e.bytes <= ? or e.number = 1
      """
          + PageSql.IN_ORDER;

  private CompactPageSql() {}

  /**
   * Reads at most {@code maxEvents} events and {@code maxBytes} payload bytes, but at least one
   * event: there is one, because the last event of the range is never an omitted delta.
   *
   * @throws UnknownSessionException if there is no such session
   * @throws DamagedLogException if there is no event, or the first one twice
   */
  static Page read(
      Connection connection,
      TenantSession tenantSession,
      long fromCursor,
      long untilCursor,
      int maxEvents,
      long maxBytes)
      throws SQLException {
    long sessionKey = tenantSession.sessionKey();
    try (PreparedStatement select = ReaderRole.prepare(connection, tenantSession, READ)) {
      select.setLong(3, sessionKey);
      select.setLong(4, sessionKey);
      select.setLong(5, fromCursor);
      select.setLong(6, untilCursor);
      select.setInt(7, maxEvents);
      select.setInt(8, maxEvents);
      select.setLong(9, untilCursor);
      select.setLong(10, fromCursor);
      select.setLong(11, fromCursor);
      select.setLong(12, fromCursor);
      select.setInt(13, maxEvents);
      select.setInt(14, maxEvents);
      select.setInt(15, maxEvents);
      select.setInt(16, maxEvents);
      select.setLong(17, maxBytes);
      Optional<Page> page = PageMapper.read(select, sessionKey, fromCursor, false).page();
      if (page.isPresent()) {
        return page.get();
      }
    }
    throw PageSql.damaged(connection, sessionKey, fromCursor);
  }
}
