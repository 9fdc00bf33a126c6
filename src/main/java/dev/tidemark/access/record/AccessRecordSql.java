package dev.tidemark.access.record;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Inserts sign-ins and reads by REST. Rows inserted before are skipped, and refused ones returned.
 */
final class AccessRecordSql {
  private static final String SIGN_INS =
      """
      insert into tidemark.sign_in_record
        (sign_in_id, first_at, last_at, times, node, principal, tenant, how, operation, remote_address, user_agent,
         subject, provider_session)
      select r.id, now.at - r.first_micros_ago * interval '1 microsecond',
        now.at - r.last_micros_ago * interval '1 microsecond',
        r.times, ?, r.principal, r.tenant, r.how, r.operation, r.remote_address, r.user_agent,
        r.subject, r.provider_session
      from json_to_recordset(?::json)
        as r (id uuid, first_micros_ago bigint, last_micros_ago bigint, times bigint, principal text, tenant text,
          how text, operation text, remote_address text, user_agent text, subject text, provider_session text)
      cross join (select ?::timestamptz as at) as now
      on conflict do nothing""";

  private static final String REST_READINGS =
      """
      insert into tidemark.rest_reading_record
        (reading_id, first_at, last_at, times, node, principal, tenant, path, session_id, remote_address, user_agent)
      select r.id, now.at - r.first_micros_ago * interval '1 microsecond',
        now.at - r.last_micros_ago * interval '1 microsecond',
        r.times, ?, r.principal, r.tenant, r.path, r.session_id, r.remote_address, r.user_agent
      from json_to_recordset(?::json)
        as r (id uuid, first_micros_ago bigint, last_micros_ago bigint, times bigint, principal text, tenant text,
          path text, session_id text, remote_address text, user_agent text)
      cross join (select ?::timestamptz as at) as now
      on conflict do nothing""";

  private static final String COMPLETE =
      "update tidemark.node_record set access_until = ?::timestamptz, access_lost = ? where node = ?";

  private AccessRecordSql() {}

  static List<Tally.Count<SignIn>> signIns(CountSql statements, List<Tally.Count<SignIn>> counts)
      throws SQLException {
    return statements.insert(
        SIGN_INS,
        counts,
        (signIn, row) -> {
          row.text("principal", signIn.principal())
              .text("tenant", signIn.tenant())
              .text("how", signIn.how().text())
              .text("operation", signIn.operation())
              .text("remote_address", signIn.remoteAddress());
          signIn.userAgent().ifPresent(agent -> row.text("user_agent", agent));
          signIn.subject().ifPresent(subject -> row.text("subject", subject));
          signIn.providerSession().ifPresent(session -> row.text("provider_session", session));
        });
  }

  static List<Tally.Count<RestReading>> restReadings(
      CountSql statements, List<Tally.Count<RestReading>> counts) throws SQLException {
    return statements.insert(
        REST_READINGS,
        counts,
        (reading, row) -> {
          row.text("principal", reading.principal())
              .text("tenant", reading.tenant())
              .text("path", reading.path())
              .text("remote_address", reading.remoteAddress());
          reading.sessionId().ifPresent(sessionId -> row.text("session_id", sessionId));
          reading.userAgent().ifPresent(agent -> row.text("user_agent", agent));
        });
  }

  /**
   * Records that all that came before this transaction began is recorded, but for what was lost.
   */
  static void complete(CountSql statements, long lost) throws SQLException {
    try (PreparedStatement update = statements.connection().prepareStatement(COMPLETE)) {
      update.setString(1, statements.now());
      update.setLong(2, lost);
      update.setString(3, statements.node());
      update.executeUpdate();
    }
  }
}
