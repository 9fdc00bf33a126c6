package dev.tidemark.log;

import dev.tidemark.log.PageMapper.Found;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Reads a session's position and its events from a cursor on in one statement, and so at one moment
 * and in one round trip.
 *
 * <p>Native SQL: the database itself cuts the page by bytes, so that a page of large events is not
 * fetched to be thrown away. The two times of the counter row bound {@code created_at}, so that
 * only the days of this session's replay window are touched, whatever the log holds. The number of
 * events is bounded by their cursors, which are dense (R1): a {@code limit} would first sort all
 * following events, because the days are not in the order of cursors.
 *
 * <p>Most clients come back soon. So the last day is searched first, and PostgreSQL does not even
 * open the others; then the session's own last day, if it is another. Older events cost these two
 * searches in vain.
 *
 * <p>Times do not run backwards in a session, so the days from those of the first event on hold all
 * that follows. If some of it is not there, the first event may be a forged one, and all days are
 * searched.
 */
final class PageSql {
  /** The session {@code h}, by its key, which is the first parameter. */
  static final String HEAD =
      """
      with h as materialized (
        select session_key, head_cursor, floor_cursor, floor_at, last_event_at
        from tidemark.session_head where session_key = ?)
      """;

  /**
   * The position of {@code h} with the cursor at which the page is cut, and the events {@code e} of
   * the clause that follows.
   */
  private static final String SELECT =
      """
      select null::bigint as cursor, head_cursor, floor_cursor,
        (select epoch_id from tidemark.epoch order by epoch_number desc limit 1),
        last_event_at, null::text, null::text, null::uuid, null::text, %s
      from h
      union all
      select e.cursor, null, null, e.event_id, e.created_at, e.type, e.source, e.turn_id, e.payload::text, null
      """;

  static final String IN_ORDER = " order by cursor nulls first";

  /**
   * The range of events to search, used three times, each time with four parameters. There is no
   * join with {@code h}, which would be probed for each event.
   */
  static final String RANGE =
      """
      from tidemark.event e
      where e.session_key = (select session_key from h) and e.cursor >= (select floor_cursor from h)
        and e.created_at between (select floor_at from h) and (select last_event_at from h)
        and e.cursor between ? and ? and e.created_at between ? and ?
      """;

  /**
   * Computes the running sums only where the whole range does not fit: they cost as much as the
   * rest.
   */
  static final String READ =
      (HEAD
              + """
              , cut as materialized (
                select case
                  when (select sum(octet_length(e.payload::text)) {range}) <= ? then ?
                  else (
                    select max(cursor)
                    from (
                      select e.cursor,
                        sum(octet_length(e.payload::text)) over (order by e.cursor rows unbounded preceding) as bytes
                      {range}) as summed
                    where bytes <= ? or cursor = ?) end as last)
              """
              + select("(select last from cut)")
              + "{range} and e.cursor <= (select last from cut)"
              + IN_ORDER)
          .replace("{range}", RANGE);

  /** The index of the first parameter of each range; the session's parameters come before. */
  private static final int[] RANGES = {4, 10, 16};

  private static final Duration RECENT = Duration.ofDays(1);

  private PageSql() {}

  /**
   * Reads at most {@code maxEvents} events and {@code maxBytes} payload bytes, but always the first
   * event.
   *
   * @throws UnknownSessionException if there is no such session
   * @throws DamagedLogException if the first event is missing, or there twice
   */
  static Page read(
      Connection connection,
      TenantSession tenantSession,
      long fromCursor,
      int maxEvents,
      long maxBytes)
      throws SQLException {
    Optional<Page> page = find(connection, tenantSession, fromCursor, maxEvents, maxBytes).page();
    if (page.isEmpty()) {
      throw damaged(connection, tenantSession.sessionKey(), fromCursor);
    }
    return page.get();
  }

  /** Reads that many events, or up to the head; empty if one of them is missing, or there twice. */
  static Optional<Page> readIfWhole(
      Connection connection, TenantSession tenantSession, long fromCursor, int maxEvents)
      throws SQLException {
    Found found = find(connection, tenantSession, fromCursor, maxEvents, Long.MAX_VALUE);
    return found.whole() ? found.page() : Optional.empty();
  }

  private static Found find(
      Connection connection,
      TenantSession tenantSession,
      long fromCursor,
      int maxEvents,
      long maxBytes)
      throws SQLException {
    long sessionKey = tenantSession.sessionKey();
    try (PreparedStatement select = ReaderRole.prepare(connection, tenantSession, READ)) {
      long toCursor = fromCursor + maxEvents - 1;
      select.setLong(ReaderRole.FIRST, sessionKey);
      for (int range : RANGES) {
        select.setLong(range, fromCursor);
        select.setLong(range + 1, toCursor);
      }
      select.setLong(8, maxBytes);
      select.setLong(9, toCursor);
      select.setLong(14, maxBytes);
      select.setLong(15, fromCursor);
      OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
      OffsetDateTime yesterday = now.minus(RECENT);
      Found found = read(select, yesterday, now.plus(RECENT), sessionKey, fromCursor);
      OffsetDateTime newestAt = found.newestAt();
      if (!found.whole() && newestAt != null && newestAt.isBefore(yesterday)) {
        found = read(select, newestAt.minus(RECENT), newestAt, sessionKey, fromCursor);
      }
      return found.whole()
          ? found
          : read(select, OffsetDateTime.MIN, OffsetDateTime.MAX, sessionKey, fromCursor);
    }
  }

  /**
   * {@link #SELECT} for a page that is cut at this cursor.
   *
   * @param last the expression of that cursor
   */
  static String select(String last) {
    return SELECT.formatted(last);
  }

  /** The report of a damaged log, with the name of the session. */
  static DamagedLogException damaged(Connection connection, long sessionKey, long cursor)
      throws SQLException {
    return new DamagedLogException(SessionNameSql.read(connection, sessionKey), cursor);
  }

  private static Found read(
      PreparedStatement select,
      OffsetDateTime notBefore,
      OffsetDateTime notAfter,
      long sessionKey,
      long fromCursor)
      throws SQLException {
    for (int range : RANGES) {
      select.setObject(range + 2, notBefore);
      select.setObject(range + 3, notAfter);
    }
    return PageMapper.read(select, sessionKey, fromCursor, true);
  }
}
