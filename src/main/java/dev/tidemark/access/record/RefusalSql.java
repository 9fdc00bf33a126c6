package dev.tidemark.access.record;

import dev.tidemark.wire.JsonText;
import java.sql.SQLException;
import java.util.List;

/** Inserts refusals. Rows inserted before are skipped, and refused ones returned. */
final class RefusalSql {
  private static final String INSERT =
      """
      insert into tidemark.refusal_record
        (refusal_id, first_at, last_at, times, node, operation, code, http_status, close_code, principal,
         tenant, remote_address, user_agent, connection_id, session_id, message)
      select r.id, now.at - r.first_micros_ago * interval '1 microsecond',
        now.at - r.last_micros_ago * interval '1 microsecond',
        r.times, ?, r.operation, r.code, r.http_status, r.close_code, r.principal,
        r.tenant, r.remote_address, r.user_agent, r.connection_id, r.session_id, r.message
      from json_to_recordset(?::json)
        as r (id uuid, first_micros_ago bigint, last_micros_ago bigint, times bigint, operation text,
          code text, http_status int, close_code int, principal text, tenant text, remote_address text,
          user_agent text, connection_id uuid, session_id text, message text)
      cross join (select ?::timestamptz as at) as now
      on conflict do nothing""";

  private RefusalSql() {}

  static List<Tally.Count<Refusal>> insert(CountSql statements, List<Tally.Count<Refusal>> counts)
      throws SQLException {
    return statements.insert(INSERT, counts, RefusalSql::fields);
  }

  private static void fields(Refusal refusal, JsonText row) {
    Refusal.Requester requester = refusal.requester();
    row.text("operation", refusal.operation())
        .text("code", refusal.code())
        .text("message", refusal.message());
    refusal.httpStatus().ifPresent(status -> row.number("http_status", status));
    refusal.closeCode().ifPresent(code -> row.number("close_code", code));
    refusal.sessionId().ifPresent(sessionId -> row.text("session_id", sessionId));
    requester.principal().ifPresent(name -> row.text("principal", name));
    requester.tenant().ifPresent(tenant -> row.text("tenant", tenant));
    requester.remoteAddress().ifPresent(address -> row.text("remote_address", address));
    requester.userAgent().ifPresent(agent -> row.text("user_agent", agent));
    requester.connectionId().ifPresent(id -> row.text("connection_id", id.toString()));
  }
}
