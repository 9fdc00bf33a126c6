package dev.tidemark.session;

import dev.tidemark.log.ColumnArrays;
import dev.tidemark.ops.RefusedRows;
import dev.tidemark.session.DeliveryRecord.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * The statements that record deliveries, each for many clients. All times are the database's: a
 * leave or a resync is dated by its age when the transaction read the clock. For a join that a
 * restore has removed from the database no progress and no leave is recorded.
 */
final class DeliveryRecordSql {
  private static final String PROGRESS =
      """
      insert into tidemark.read_progress (join_id, looked_at, resyncs, sent_cursor, in_flight)
      select j.join_id, now.looked_at, p.resyncs, p.sent_cursor, p.in_flight
      from unnest(?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
        as p (join_id, connection_id, resyncs, sent_cursor, in_flight)
      join tidemark.join_record j on j.join_id = p.join_id and j.connection_id = p.connection_id::uuid
      cross join (select ?::timestamptz as looked_at) as now
      on conflict do nothing""";

  private static final String LEAVES =
      """
      insert into tidemark.leave_record (join_id, left_at, why, close_code, resyncs, sent_cursor, in_flight)
      select j.join_id, now.looked_at - l.micros_ago * interval '1 microsecond', l.why, l.close_code,
        l.resyncs, l.sent_cursor, l.in_flight
      from unnest(?::bigint[], ?::text[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
        as l (join_id, connection_id, micros_ago, why, close_code, resyncs, sent_cursor, in_flight)
      join tidemark.join_record j on j.join_id = l.join_id and j.connection_id = l.connection_id::uuid
      cross join (select ?::timestamptz as looked_at) as now
      on conflict do nothing""";

  private static final String RESYNCS =
      """
      insert into tidemark.resync_record
        (join_id, number, connection_id, resynced_at, principal, tenant, session_id, session_key, node,
         reason, from_cursor, from_epoch, snapshot_cursor, snapshot_epoch)
      select r.join_id, r.number, r.connection_id::uuid, now.looked_at - r.micros_ago * interval '1 microsecond',
        r.principal, r.tenant, r.session_id, r.session_key, now.node,
        r.reason, r.from_cursor, r.from_epoch, r.snapshot_cursor, r.snapshot_epoch
      from unnest(?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[],
        ?::text[], ?::bigint[], ?::text[], ?::bigint[], ?::text[])
        as r (join_id, number, connection_id, micros_ago, principal, tenant, session_id, session_key,
          reason, from_cursor, from_epoch, snapshot_cursor, snapshot_epoch)
      cross join (select ?::timestamptz as looked_at, ?::text as node) as now
      on conflict do nothing""";

  private static final String SEEN =
      """
      insert into tidemark.node_record as n (node, seen_at, record_every, leaves_lost, stopped_at)
      values (?, ?::timestamptz, ? * interval '1 millisecond', ?, case when ? then clock_timestamp() end)
      on conflict (node) do update
        set seen_at = excluded.seen_at, leaves_lost = excluded.leaves_lost, stopped_at = excluded.stopped_at""";

  private final Connection connection;
  private final String node;
  private final String now;
  private final long nowNanos;
  private final RefusedRows refusedRows;

  private DeliveryRecordSql(Connection connection, String node, String now, long nowNanos) {
    this.connection = connection;
    this.node = node;
    this.now = now;
    this.nowNanos = nowNanos;
    refusedRows = new RefusedRows(connection);
  }

  /** A leave, with its time by the clock of this process. */
  record Leave(DeliveryRecord deliveryRecord, LeaveReason reason, Progress progress, long nanos) {}

  /** A resync, with its time by the clock of this process. */
  record Resync(DeliveryRecord deliveryRecord, ResyncRecord resync, long nanos) {}

  /** Reads the database's clock; all statements of the transaction use this time. */
  static DeliveryRecordSql begin(Connection connection, String node) throws SQLException {
    try (PreparedStatement limit = connection.prepareStatement("set local lock_timeout = '2s'")) {
      limit.execute(); // a stopping node waits for this
    }
    // Taken before the query, so that no record is dated too early, and none later than by the
    // round trip.
    long nowNanos = System.nanoTime();
    try (PreparedStatement ask = connection.prepareStatement("select clock_timestamp()::text");
        ResultSet row = ask.executeQuery()) {
      row.next();
      return new DeliveryRecordSql(connection, node, row.getString(1), nowNanos);
    }
  }

  private long microsAgo(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nowNanos - nanos);
  }

  /** Returns those that the database refuses for their values, like {@link #leaves}. */
  List<Map.Entry<DeliveryRecord, Progress>> progress(
      List<Map.Entry<DeliveryRecord, Progress>> moved) throws SQLException {
    return refusedRows.of(moved, this::insertProgress);
  }

  List<Leave> leaves(List<Leave> leaves) throws SQLException {
    return refusedRows.of(leaves, this::insertLeaves);
  }

  List<Resync> resyncs(List<Resync> resyncs) throws SQLException {
    return refusedRows.of(resyncs, this::insertResyncs);
  }

  /** The reason of the newest refusal, if there was one. */
  Optional<SQLException> refusal() {
    return refusedRows.reason();
  }

  private void insertProgress(List<Map.Entry<DeliveryRecord, Progress>> moved) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(PROGRESS)) {
      var unused =
          new ColumnArrays<>(insert, moved)
              .longs(one -> one.getKey().joinId())
              .texts(one -> one.getKey().connectionId())
              .longs(one -> (long) one.getValue().resyncs())
              .longs(one -> one.getValue().sentCursor())
              .longs(one -> (long) one.getValue().inFlight());
      insert.setString(6, now);
      insert.executeUpdate();
    }
  }

  private void insertLeaves(List<Leave> leaves) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(LEAVES)) {
      var unused =
          new ColumnArrays<>(insert, leaves)
              .longs(one -> one.deliveryRecord().joinId())
              .texts(one -> one.deliveryRecord().connectionId())
              .longs(one -> microsAgo(one.nanos()))
              .texts(one -> one.reason().why())
              .longs(one -> numberOrNull(one.reason().closeCode()))
              .longs(one -> (long) one.progress().resyncs())
              .longs(one -> one.progress().sentCursor())
              .longs(one -> (long) one.progress().inFlight());
      insert.setString(9, now);
      insert.executeUpdate();
    }
  }

  private static Long numberOrNull(OptionalInt number) {
    return number.isPresent() ? Long.valueOf(number.getAsInt()) : null;
  }

  private void insertResyncs(List<Resync> resyncs) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(RESYNCS)) {
      var unused =
          new ColumnArrays<>(insert, resyncs)
              .longs(one -> one.deliveryRecord().joinId())
              .longs(one -> (long) one.resync().number())
              .texts(one -> one.deliveryRecord().connectionId())
              .longs(one -> microsAgo(one.nanos()))
              .texts(one -> one.deliveryRecord().client().principal())
              .texts(one -> one.deliveryRecord().client().tenant())
              .texts(one -> one.deliveryRecord().sessionId())
              .longs(one -> one.deliveryRecord().sessionKey())
              .texts(one -> one.resync().reason())
              .longs(one -> one.resync().fromCursor())
              .texts(one -> one.resync().fromEpoch())
              .longs(one -> one.resync().to().head())
              .texts(one -> one.resync().to().epoch());
      insert.setString(14, now);
      insert.setString(15, node);
      insert.executeUpdate();
    }
  }

  /** Records that the node has recorded all its clients. */
  void seen(long everyMillis, long leavesLost, boolean stopping) throws SQLException {
    try (PreparedStatement upsert = connection.prepareStatement(SEEN)) {
      upsert.setString(1, node);
      upsert.setString(2, now);
      upsert.setLong(3, everyMillis);
      upsert.setLong(4, leavesLost);
      upsert.setBoolean(5, stopping);
      upsert.executeUpdate();
    }
  }
}
