package dev.tidemark.access.revocation;

import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.revocation.RevocationTarget.Kind;
import dev.tidemark.ops.NodeNotification;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes a revocation, and reads those above a number. */
final class RevocationSql {
  /**
   * The revocation, the administrative action and the hint, or none of them, in one statement. The
   * lock numbers revocations in the order of their commits, so that a node that has read one number
   * has missed none before it. {@code NOTIFY} may be in this transaction, because the transaction
   * is rare.
   */
  private static final String INSERT =
      """
      with alone as materialized (
        select tidemark.begin_revocation()
      ), revoked as (
        insert into tidemark.revocation
          (issued_before, in_force_until, tenant, principal, subject, provider_session, why, revoked_by,
           remote_address, node, logout_issuer, logout_id)
        select before.issued_at, greatest(before.issued_at + ? * interval '1 millisecond', ?::timestamptz),
            ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
          from alone cross join lateral (select greatest(clock_timestamp(), ?::timestamptz)) as before (issued_at)
        on conflict (logout_issuer, logout_id) do nothing
        returning revocation_id, revoked_at, issued_before, in_force_until
      ), acted as (
        insert into tidemark.admin_record
          (node, principal, tenant, remote_address, user_agent, operation, target, why, details)
        select ?, ?, ?, ?, ?, ?, ?, ?, json_build_object('revocation_id', revocation_id, 'kind', ?)
          from revoked
      )
      select revocation_id, revoked_at, issued_before, in_force_until, pg_notify(?, '') from revoked""";

  private static final String SINCE =
      """
      select revocation_id, tenant, principal, subject, provider_session, issued_before,
             ceil(extract(epoch from in_force_until - clock_timestamp()) * 1000)::bigint as millis_left
        from tidemark.revocation
       where revocation_id > ? and in_force_until > clock_timestamp()
       order by revocation_id""";

  private RevocationSql() {}

  /** A revocation as it was read. */
  record Row(long id, RevocationTarget target, Instant issuedBefore, Duration inForceFor) {}

  /**
   * @return empty if its logout request was accepted before
   */
  static Optional<Revocation> insert(
      Connection connection, String node, RevocationCommand revocation, Duration inForceFor)
      throws SQLException {
    RevocationTarget target = revocation.target();
    AdminAction action = revocation.action();
    Refusal.Requester actor = action.actor();
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      int i = 0;
      insert.setLong(++i, inForceFor.toMillis());
      setTime(insert, ++i, revocation.logout().map(RevocationCommand.Logout::expiresAt));
      insert.setString(++i, target.tenant().orElse(null));
      for (Kind kind : Kind.values()) {
        insert.setString(++i, target.kind() == kind ? target.name() : null);
      }
      insert.setString(++i, action.why().orElse(null));
      insert.setString(++i, actor.principal().orElse(null));
      insert.setString(++i, actor.remoteAddress().orElse(null));
      insert.setString(++i, node);
      insert.setString(++i, revocation.logout().map(RevocationCommand.Logout::issuer).orElse(null));
      insert.setString(++i, revocation.logout().map(RevocationCommand.Logout::id).orElse(null));
      setTime(insert, ++i, revocation.logout().map(RevocationCommand.Logout::issuedAt));
      i = AdminActionSql.set(insert, i, node, action);
      insert.setString(++i, target.kind().text());
      insert.setString(++i, NodeNotification.REVOCATIONS);
      try (ResultSet row = insert.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Revocation(
                    row.getLong("revocation_id"),
                    target,
                    time(row, "revoked_at"),
                    time(row, "issued_before"),
                    time(row, "in_force_until")))
            : Optional.empty();
      }
    }
  }

  /** The revocations in force with a number above {@code lastSeen}, in order. */
  static List<Row> since(Connection connection, long lastSeen) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SINCE)) {
      select.setLong(1, lastSeen);
      try (ResultSet found = select.executeQuery()) {
        List<Row> rows = new ArrayList<>();
        while (found.next()) {
          rows.add(
              new Row(
                  found.getLong("revocation_id"),
                  target(found),
                  time(found, "issued_before"),
                  Duration.ofMillis(found.getLong("millis_left"))));
        }
        return rows;
      }
    }
  }

  private static void setTime(PreparedStatement insert, int parameter, Optional<Instant> time)
      throws SQLException {
    if (time.isPresent()) {
      insert.setObject(parameter, time.get().atOffset(ZoneOffset.UTC));
    } else {
      insert.setNull(parameter, Types.TIMESTAMP_WITH_TIMEZONE);
    }
  }

  private static RevocationTarget target(ResultSet row) throws SQLException {
    Optional<String> tenant = Optional.ofNullable(row.getString("tenant"));
    for (Kind kind : Kind.values()) {
      String name = row.getString(kind.text());
      if (name != null) {
        return new RevocationTarget(kind, tenant, name);
      }
    }
    throw new SQLException("A revocation is about nobody, which its table does not allow.");
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
