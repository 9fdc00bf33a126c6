package dev.tidemark.tools.fill;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Writes the joins of a day, their delivery records, and the refusals. */
final class JoinWriter {
  private final Connection superuser;
  private long joinId;

  JoinWriter(Connection superuser) {
    this.superuser = superuser;
  }

  /** Sets the sequence to the last number that was used. */
  void finish() throws SQLException {
    try (Statement statement = superuser.createStatement()) {
      statement.execute(
          "select setval(pg_get_serial_sequence('tidemark.join_record', 'join_id'), %d)"
              .formatted(Math.max(1, joinId)));
    }
  }

  void write(Dataset dataset) throws SQLException {
    Map<UUID, Dataset.Join> byConnection = new HashMap<>();
    Map<UUID, Long> ids = new HashMap<>();
    CopyWriter joins =
        new CopyWriter(
            superuser,
            "tidemark.join_record (join_id, joined_at, principal, tenant, remote_address, node, session_id, session_key, since,"
                + " since_epoch, outcome, reason, head_cursor, floor_cursor, events, connection_id, user_agent, capabilities,"
                + " epoch, baseline, snapshot)",
            "");
    for (Dataset.Join j : dataset.joins) {
      byConnection.put(j.connection(), j);
      ids.put(j.connection(), ++joinId);
      joins
          .number(joinId)
          .time(j.at())
          .text(j.principal())
          .text(j.tenant())
          .text(j.address())
          .text(j.node())
          .text(j.sessionId())
          .number(j.session() == null ? null : j.session().key)
          .number(j.since())
          .text(j.sinceEpoch())
          .text(j.outcome())
          .text(j.reason())
          .number(j.head())
          .number(j.floor())
          .number(j.events())
          .uuid(j.connection())
          .text(j.userAgent())
          .text("{}")
          .text(j.epoch())
          .number(j.baseline())
          .flag(j.snapshot())
          .end();
    }
    joins.close();
    points(dataset, ids);
    leaves(dataset, ids);
    resyncs(dataset, byConnection, ids);
    refusals(dataset);
  }

  private void points(Dataset dataset, Map<UUID, Long> ids) throws SQLException {
    CopyWriter rows =
        new CopyWriter(
            superuser,
            "tidemark.read_progress (join_id, looked_at, written_at, resyncs, sent_cursor, in_flight)",
            "");
    for (Dataset.Join j : dataset.joins) {
      for (Dataset.Point p : j.points()) {
        rows.number(ids.get(j.connection()))
            .time(p.at())
            .time(p.at() + 3 * Times.MILLI)
            .number(p.resyncs())
            .number(p.sent())
            .number(p.inFlight())
            .end();
      }
    }
    rows.close();
  }

  private void leaves(Dataset dataset, Map<UUID, Long> ids) throws SQLException {
    CopyWriter rows =
        new CopyWriter(
            superuser,
            "tidemark.leave_record (join_id, left_at, why, close_code, resyncs, sent_cursor, in_flight)",
            "");
    for (Dataset.Join j : dataset.joins) {
      Dataset.Leave leave = j.leave();
      if (leave != null) {
        rows.number(ids.get(j.connection()))
            .time(leave.at())
            .text(leave.why())
            .number(leave.closeCode())
            .number(leave.resyncs())
            .number(leave.sent())
            .number(leave.inFlight())
            .end();
      }
    }
    rows.close();
  }

  private void resyncs(Dataset dataset, Map<UUID, Dataset.Join> joins, Map<UUID, Long> ids)
      throws SQLException {
    CopyWriter rows =
        new CopyWriter(
            superuser,
            "tidemark.resync_record (join_id, connection_id, number, resynced_at, principal, tenant, session_id, session_key,"
                + " node, reason, from_cursor, from_epoch, snapshot_cursor, snapshot_epoch)",
            "");
    for (Dataset.Resync r : dataset.resyncs) {
      Dataset.Join join = joins.get(r.connection());
      rows.number(ids.get(r.connection()))
          .uuid(r.connection())
          .number(r.number())
          .time(r.at())
          .text(join.principal())
          .text(join.tenant())
          .text(join.sessionId())
          .number(join.session().key)
          .text(join.node())
          .text(r.reason())
          .number(r.from())
          .text(r.fromEpoch())
          .number(r.snapshot())
          .text(r.snapshotEpoch())
          .end();
    }
    rows.close();
  }

  private void refusals(Dataset dataset) throws SQLException {
    CopyWriter rows =
        new CopyWriter(
            superuser,
            "tidemark.refusal_record (refusal_id, first_at, last_at, times, node, operation, code, http_status, close_code,"
                + " principal, tenant, remote_address, connection_id, session_id, message)",
            "");
    for (Dataset.Refusal r : dataset.refusals) {
      rows.uuid(r.id())
          .time(r.at())
          .time(r.lastAt())
          .number(r.times())
          .text(r.node())
          .text(r.operation())
          .text(r.code())
          .number(r.httpStatus())
          .number(r.closeCode())
          .text(r.principal())
          .text(r.tenant())
          .text(r.address())
          .uuid(r.connection())
          .text(r.sessionId())
          .text(r.message())
          .end();
    }
    rows.close();
  }
}
