package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.LongConsumer;

/** Reads the newest events of a session, as many as fit. Their sizes are read first. */
final class NewestSql {
  private static final String SIZES =
      PageSql.HEAD
          + "select e.cursor, octet_length(e.payload::text) "
          + PageSql.RANGE
          + "order by e.cursor desc";

  private NewestSql() {}

  /** As {@link EventLog#newest}. */
  static List<EventFrame> read(
      Connection connection,
      TenantSession tenantSession,
      Position position,
      int maxEvents,
      long maxBytes,
      LongConsumer heap)
      throws SQLException {
    long from = Math.max(position.floor(), position.head() - maxEvents + 1);
    if (maxEvents == 0 || from > position.head()) {
      return List.of();
    }
    long first = position.head() + 1;
    long bytes = 0;
    try (PreparedStatement select = ReaderRole.prepare(connection, tenantSession, SIZES)) {
      select.setLong(ReaderRole.FIRST, tenantSession.sessionKey());
      select.setLong(ReaderRole.FIRST + 1, from);
      select.setLong(ReaderRole.FIRST + 2, position.head());
      select.setObject(ReaderRole.FIRST + 3, OffsetDateTime.MIN);
      select.setObject(ReaderRole.FIRST + 4, OffsetDateTime.MAX);
      try (ResultSet row = ReaderRole.rows(select)) {
        while (row.next() && bytes + row.getLong(2) <= maxBytes) {
          first = row.getLong(1);
          bytes += row.getLong(2);
        }
      }
    }
    heap.accept(bytes);
    return first > position.head()
        ? List.of()
        : PageSql.readIfWhole(connection, tenantSession, first, (int) (position.head() - first + 1))
            .map(Page::events)
            .orElseGet(List::of);
  }
}
