package dev.tidemark.tools.fill;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.function.LongConsumer;

/** Writes the data of each day, one day after another, each in a transaction. */
final class DayWriter {
  private static final int PROGRESS_STEP = 10_000;

  private final Connection superuser;
  private final LongConsumer written;
  private final JoinWriter joins;
  private final AdminActionWriter adminActions;
  private final AccessWriter access;
  private long position;

  DayWriter(Connection superuser, LongConsumer written) {
    this.superuser = superuser;
    this.written = written;
    joins = new JoinWriter(superuser);
    adminActions = new AdminActionWriter(superuser);
    access = new AccessWriter(superuser);
  }

  void write(LocalDate day, Dataset dataset) throws SQLException {
    DetachedPartition detached = DetachedPartition.make(superuser, day);
    superuser.setAutoCommit(false);
    // COPY can freeze rows only in a table that was truncated in the same transaction; frozen rows
    // are not written a second time.
    String partition = "tidemark." + DetachedPartition.nameOf(day);
    run("truncate " + partition);
    events(partition, dataset);
    detached.attach();
    messages(dataset);
    turns(dataset);
    joins.write(dataset);
    adminActions.write(dataset.adminActions);
    access.write(dataset);
    superuser.commit();
    superuser.setAutoCommit(true);
    run("vacuum (analyze) " + partition);
  }

  /** Sets each sequence to the last number that was used. */
  void finish() throws SQLException {
    run("select setval('tidemark.history_position', " + Math.max(1, position) + ")");
    joins.finish();
    adminActions.finish();
  }

  private void events(String partition, Dataset dataset) throws SQLException {
    CopyWriter rows =
        new CopyWriter(
            superuser,
            partition
                + " (session_key, cursor, event_id, epoch_number, type, source, turn_id, payload, created_at, chain_hash, history_position)",
            "with (freeze)");
    for (Dataset.Event e : dataset.events) {
      rows.number(e.session().key)
          .number(e.cursor())
          .uuid(e.id())
          .number(e.epoch())
          .text(e.type())
          .text(e.source())
          .uuid(e.turnId())
          .text(e.payload())
          .time(e.at())
          .bytes(e.hash())
          .number(++position)
          .end();
      if (position % PROGRESS_STEP == 0) {
        written.accept(PROGRESS_STEP);
      }
    }
    rows.close();
  }

  private void messages(Dataset dataset) throws SQLException {
    CopyWriter rows =
        new CopyWriter(
            superuser,
            "tidemark.message (session_key, cursor, message_id, sender, role, content, metadata, created_at, turn_id)",
            "");
    for (Dataset.Message m : dataset.messages) {
      rows.number(m.session().key)
          .number(m.cursor())
          .text(m.messageId())
          .text(m.sender())
          .text(m.role())
          .text(m.contentJson())
          .text("{}")
          .time(m.at())
          .uuid(m.turnId())
          .end();
    }
    rows.close();
  }

  private void turns(Dataset dataset) throws SQLException {
    CopyWriter rows =
        new CopyWriter(
            superuser,
            "tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, status, attempt, queued_at, started_at,"
                + " ended_at, started_cursor, ended_cursor, lease_owner, lease_ends_at, abort_requested_at, abort_reason)",
            "");
    for (Dataset.Turn t : dataset.turns) {
      rows.uuid(t.id())
          .number(t.session().key)
          .number(t.messageCursor())
          .text(t.messageId())
          .text(t.session().agent)
          .text(t.status())
          .number(t.attempt())
          .time(t.queuedAt())
          .time(t.startedAt())
          .time(t.endedAt())
          .number(t.startedCursor())
          .number(t.endedCursor())
          .text(t.node())
          .time(t.endedAt() + 30 * Times.SECOND)
          .time(t.abortedAt())
          .text(t.abortReason())
          .end();
    }
    rows.close();
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = superuser.createStatement()) {
      statement.execute(sql);
    }
  }
}
