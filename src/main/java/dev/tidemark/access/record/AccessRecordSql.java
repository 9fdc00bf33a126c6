package dev.tidemark.access.record;

import dev.tidemark.wire.JsonText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Inserts sign-ins and reads by REST, many at once, as JSON, because some columns may be missing.
 * Times are the database's: each is computed from its age. Rows inserted before are skipped.
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

  private final Connection connection;
  private final String node;
  private final String now;
  private final long nowNanos;

  private AccessRecordSql(Connection connection, String node, String now, long nowNanos) {
    this.connection = connection;
    this.node = node;
    this.now = now;
    this.nowNanos = nowNanos;
  }

  /** Reads the database's clock; all statements of the transaction use this time. */
  static AccessRecordSql begin(Connection connection, String node) throws SQLException {
    try (PreparedStatement limit = connection.prepareStatement("set local lock_timeout = '2s'")) {
      limit.execute(); // a stopping node waits for this
    }
    long nowNanos = System.nanoTime(); // before the query, so that nothing is dated too early
    try (PreparedStatement ask = connection.prepareStatement("select clock_timestamp()::text");
        ResultSet row = ask.executeQuery()) {
      row.next();
      return new AccessRecordSql(connection, node, row.getString(1), nowNanos);
    }
  }

  void signIns(List<Tally.Count<SignIn>> counts) throws SQLException {
    insert(
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

  void restReadings(List<Tally.Count<RestReading>> counts) throws SQLException {
    insert(
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
  void complete(long lost) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(COMPLETE)) {
      update.setString(1, now);
      update.setLong(2, lost);
      update.setString(3, node);
      update.executeUpdate();
    }
  }

  private <T> void insert(String sql, List<Tally.Count<T>> counts, BiConsumer<T, JsonText> fields)
      throws SQLException {
    if (counts.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      insert.setString(1, node);
      insert.setString(
          2,
          counts.stream()
              .map(count -> row(count, fields))
              .collect(Collectors.joining(",", "[", "]")));
      insert.setString(3, now);
      insert.executeUpdate();
    }
  }

  private <T> String row(Tally.Count<T> count, BiConsumer<T, JsonText> fields) {
    JsonText row =
        JsonText.object()
            .text("id", count.id.toString())
            .number("first_micros_ago", microsAgo(count.firstNanos))
            .number("last_micros_ago", microsAgo(count.lastNanos))
            .number("times", count.times);
    fields.accept(count.what, row);
    return row.end();
  }

  private long microsAgo(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nowNanos - nanos);
  }
}
