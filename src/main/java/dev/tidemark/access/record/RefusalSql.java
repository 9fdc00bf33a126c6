package dev.tidemark.access.record;

import dev.tidemark.wire.JsonText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Inserts many refusals at once, as JSON, because most columns may be missing. Times are the
 * database's: each is computed from its age. Rows inserted before are skipped.
 */
final class RefusalSql {
  private static final String LUMPED =
      "From more callers than are kept apart; the row tells only how many.";

  private static final String INSERT =
      """
      insert into tidemark.refusal_record
        (refusal_id, first_at, last_at, times, node, operation, code, http_status, close_code, principal,
         tenant, remote_address, user_agent, connection_id, session_id, message)
      select r.refusal_id, now.at - r.first_micros_ago * interval '1 microsecond',
        now.at - r.last_micros_ago * interval '1 microsecond',
        r.times, ?, r.operation, r.code, r.http_status, r.close_code, r.principal,
        r.tenant, r.remote_address, r.user_agent, r.connection_id, r.session_id, r.message
      from json_to_recordset(?::json)
        as r (refusal_id uuid, first_micros_ago bigint, last_micros_ago bigint, times bigint, operation text,
          code text, http_status int, close_code int, principal text, tenant text, remote_address text,
          user_agent text, connection_id uuid, session_id text, message text)
      cross join (select clock_timestamp() as at) as now
      on conflict do nothing""";

  private RefusalSql() {}

  static void insert(Connection connection, String node, List<RefusalCounter.Count> counts)
      throws SQLException {
    try (PreparedStatement limit = connection.prepareStatement("set local lock_timeout = '2s'")) {
      limit.execute(); // a stopping node waits for this
    }
    long nowNanos = System.nanoTime();
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      insert.setString(1, node);
      insert.setString(
          2,
          counts.stream()
              .map(count -> row(count, nowNanos))
              .collect(Collectors.joining(",", "[", "]")));
      insert.executeUpdate();
    }
  }

  private static String row(RefusalCounter.Count count, long nowNanos) {
    Refusal.Kind kind = count.kind;
    JsonText row =
        JsonText.object()
            .text("refusal_id", count.id.toString())
            .number("first_micros_ago", TimeUnit.NANOSECONDS.toMicros(nowNanos - count.firstNanos))
            .number("last_micros_ago", TimeUnit.NANOSECONDS.toMicros(nowNanos - count.lastNanos))
            .number("times", count.times)
            .text("operation", kind.operation())
            .text("code", kind.code())
            .text("message", count.first.map(Refusal::message).orElse(LUMPED));
    kind.httpStatus().ifPresent(status -> row.number("http_status", status));
    kind.closeCode().ifPresent(code -> row.number("close_code", code));
    kind.principal().ifPresent(name -> row.text("principal", name));
    kind.tenant().ifPresent(tenant -> row.text("tenant", tenant));
    kind.remoteAddress().ifPresent(address -> row.text("remote_address", address));
    kind.sessionId().ifPresent(sessionId -> row.text("session_id", sessionId));
    count
        .first
        .map(Refusal::requester)
        .ifPresent(
            requester -> {
              requester.userAgent().ifPresent(agent -> row.text("user_agent", agent));
              requester
                  .connectionId()
                  .map(UUID::toString)
                  .ifPresent(id -> row.text("connection_id", id));
            });
    return row.end();
  }
}
