package dev.tidemark.tools.fill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.stream.Collectors;

/** Writes the data of no single day: sessions before the days, final positions after them. */
final class MonthWriter {
  private final Connection superuser;
  private final Month month;

  MonthWriter(Connection superuser, Month month) {
    this.superuser = superuser;
    this.month = month;
  }

  /**
   * @throws IllegalStateException where the database is in use: nothing is mixed with real data
   */
  void begin() throws SQLException {
    try (Statement statement = superuser.createStatement();
        ResultSet used =
            statement.executeQuery(
                "select exists (select from tidemark.session) or exists (select from tidemark.epoch)"
                    + " or exists (select from tidemark.event_all)")) {
      used.next();
      if (used.getBoolean(1)) {
        throw new IllegalStateException(
            "The database has sessions, or a gateway has used it; give an empty one with the schema.");
      }
    }
    // As replica, PostgreSQL does not check foreign keys row by row. The rows are consistent, which
    // a test checks.
    run(
        "set synchronous_commit = off; set maintenance_work_mem = '512MB'; set session_replication_role = replica");
    epochs();
    sessions();
  }

  void end() throws SQLException {
    heads();
    states();
    members();
    rules();
    nodes();
    purges();
    for (LocalDate day : month.nightlyPurge.retired) {
      retire(day);
    }
    run("set session_replication_role = origin");
    run("select tidemark.digest_records(1000)");
    run("vacuum (analyze)");
  }

  private void epochs() throws SQLException {
    run(
        """
        insert into tidemark.epoch (epoch_number, epoch_id, began_at, reason, system_identifier, timeline, observed_by)
        select n, id, at, reason, system_identifier, tidemark.current_timeline(), observed_by
          from pg_control_system(),
               (values (1, '%s'::uuid, '%s'::timestamptz, 'first start', 'node-1'),
                       (2, '%s', '%s', '%s', 'postgres')) e (n, id, at, reason, observed_by)"""
            .formatted(
                month.world.firstEpoch,
                Times.text(Times.start(month.world.firstDay)),
                month.world.secondEpoch,
                Times.text(month.world.switchedAt),
                World.SWITCHED));
  }

  private void sessions() throws SQLException {
    CopyWriter rows =
        new CopyWriter(
            superuser,
            "tidemark.session (session_key, session_id, tenant, agent_id, owner, created_at, closed_at)",
            "");
    for (FilledSession s : month.sessions) {
      rows.number(s.key)
          .text(s.id)
          .text(s.tenant)
          .text(s.agent)
          .text(s.owner)
          .time(s.createdAt)
          .time(s.closedAt)
          .end();
    }
    rows.close();
    sequence("tidemark.session", "session_key", month.sessions.size());
  }

  private void heads() throws SQLException {
    CopyWriter rows =
        new CopyWriter(
            superuser,
            "tidemark.session_head (session_key, head_cursor, floor_cursor, chain_hash, last_event_at, floor_at)",
            "");
    for (FilledSession s : month.sessions) {
      rows.number(s.key)
          .number(s.head())
          .number(s.floor)
          .bytes(s.chain.newest())
          .time(s.head() == 0 ? null : s.lastAt())
          .time(s.floorAt)
          .end();
    }
    rows.close();
  }

  private void states() throws SQLException {
    CopyWriter rows =
        new CopyWriter(
            superuser, "tidemark.session_state (session_key, state, state_cursor, updated_at)", "");
    for (FilledSession s : month.sessions) {
      rows.number(s.key).text(s.state()).number(s.stateCursor).time(s.stateAt).end();
    }
    rows.close();
  }

  private void members() throws SQLException {
    CopyWriter rows =
        new CopyWriter(
            superuser,
            "tidemark.session_member (session_key, principal, may_write, added_at, added_by, removed_at, removed_by)",
            "");
    for (FilledMember m : FilledMember.of(month.sessions)) {
      rows.number(m.session().key)
          .text(m.principal())
          .flag(m.mayWrite())
          .time(m.addedAt())
          .text(m.session().owner)
          .time(m.removedAt())
          .text(m.removedAt() == null ? null : m.session().owner)
          .end();
    }
    rows.close();
  }

  private void rules() throws SQLException {
    run(
        """
        insert into tidemark.retention_setting (replay_age, replay_events, history_age, history_end, noted_at, node)
        values ('%d days', %d, '%d days', 'keep', '%s', '%s')"""
            .formatted(
                World.REPLAY_AGE / Times.DAY,
                World.REPLAY_EVENTS,
                World.HISTORY_AGE / Times.DAY,
                Times.text(Times.start(month.world.firstDay) + NightlyPurge.HOUR_OF_PURGE),
                month.world.nodes.get(0).name()));
    for (World.Policy policy : month.world.policies) {
      insert(
          "insert into tidemark.retention_policy (tenant, agent_id, replay_age, set_at, set_by, reason)"
              + " values (?, ?, ?::interval, ?::timestamptz, ?, ?)",
          policy.tenant(),
          policy.agent(),
          policy.replayAge() / Times.DAY + " days",
          Times.text(policy.setAt()),
          policy.setBy(),
          policy.why());
    }
    for (Hold hold : month.holds) {
      boolean lifted = hold.liftedAt() != null;
      insert(
          "insert into tidemark.legal_hold (tenant, session_id, session_key, asked_by, reason, placed_at, placed_by, lifted_at,"
              + " lifted_by, lift_reason) values (?, ?, ?::bigint, ?, ?, ?::timestamptz, ?, ?::timestamptz, ?, ?)",
          hold.tenant(),
          hold.session().id,
          hold.session().key,
          hold.askedBy(),
          hold.reason(),
          Times.text(hold.placedAt()),
          "dba_anna",
          lifted ? Times.text(hold.liftedAt()) : null,
          lifted ? "dba_ben" : null,
          hold.liftReason());
    }
  }

  private void nodes() throws SQLException {
    for (World.NodeRun node : month.world.nodes) {
      insert(
          "insert into tidemark.node_record (node, started_at, seen_at, stopped_at, record_every, version, schema_version,"
              + " java_version, server_version, settings, access_until)"
              + " values (?, ?::timestamptz, ?::timestamptz, ?::timestamptz, '10 seconds', ?, 17, '17.0.15',"
              + " 'WildFly 39.0.1.Final', ?::json, ?::timestamptz)",
          node.name(),
          Times.text(node.started()),
          Times.text(node.seen()),
          node.stopped() == null ? null : Times.text(node.stopped()),
          node.version(),
          node.settings(),
          Times.text(node.seen()));
    }
  }

  private void purges() throws SQLException {
    CopyWriter rows =
        new CopyWriter(
            superuser,
            "tidemark.purge_record (purge_id, purged_at, node, policy, sessions, floors, events, partitions_removed, rows_removed,"
                + " duration_ms, step)",
            "");
    long id = 0;
    for (Dataset.Purge p : month.nightlyPurge.purges) {
      String floors =
          p.floors().stream()
              .map(
                  f ->
                      "{\"session_key\": %d, \"before\": %d, \"after\": %d%s}"
                          .formatted(
                              f[0], f[1], f[2], f[3] == 0 ? "" : ", \"policies\": [" + f[3] + "]"))
              .collect(Collectors.joining(", ", "[", "]"));
      rows.number(++id)
          .time(p.at())
          .text(p.node())
          .text(p.policy())
          .number(p.floors().size())
          .text(floors)
          .number(p.floors().stream().mapToLong(f -> f[2] - f[1]).sum())
          .text(p.partition() == null ? "{}" : "{" + p.partition() + "}")
          .number(p.rows())
          .number(3 + p.floors().size() / 4)
          .text(p.step())
          .end();
    }
    rows.close();
    sequence("tidemark.purge_record", "purge_id", Math.max(1, id));
  }

  /** Retires a day as {@code retire_day} does; its record is already written, as of that night. */
  private void retire(LocalDate day) throws SQLException {
    run(
        """
        alter table tidemark.event detach partition tidemark.%1$s;
        alter table tidemark.event_history attach partition tidemark.%1$s
          for values from ('%2$s 00:00:00+00') to ('%3$s 00:00:00+00')"""
            .formatted(DetachedPartition.nameOf(day), day, day.plusDays(1)));
  }

  private void sequence(String table, String column, long last) throws SQLException {
    run("select setval(pg_get_serial_sequence('%s', '%s'), %d)".formatted(table, column, last));
  }

  private void insert(String sql, Object... values) throws SQLException {
    try (PreparedStatement insert = superuser.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        insert.setObject(i + 1, values[i]);
      }
      insert.executeUpdate();
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = superuser.createStatement()) {
      statement.execute(sql);
    }
  }
}
