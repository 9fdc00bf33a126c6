package dev.tidemark.tools.fill;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.function.LongConsumer;

/** Writes the facts of each day, one day after another, each in a transaction. */
final class DayWriting {
  private static final int SOME = 10_000;

  private final Connection superuser;
  private final LongConsumer written;
  private final ReaderWriting readers;
  private final ActWriting acts;
  private long position;

  DayWriting(Connection superuser, LongConsumer written) {
    this.superuser = superuser;
    this.written = written;
    readers = new ReaderWriting(superuser);
    acts = new ActWriting(superuser);
  }

  void write(LocalDate day, Facts facts) throws SQLException {
    BareDay bare = BareDay.make(superuser, day);
    superuser.setAutoCommit(false);
    // COPY can freeze rows only in a table that was truncated in the same transaction; frozen rows
    // are not written a second time.
    String partition = "tidemark." + BareDay.partition(day);
    run("truncate " + partition);
    events(partition, facts);
    bare.attach();
    messages(facts);
    turns(facts);
    readers.write(facts);
    acts.write(facts.acts);
    superuser.commit();
    superuser.setAutoCommit(true);
    run("vacuum (analyze) " + partition);
  }

  /** Sets each sequence to the last number that was used. */
  void finish() throws SQLException {
    run("select setval('tidemark.history_position', " + Math.max(1, position) + ")");
    readers.finish();
    acts.finish();
  }

  private void events(String partition, Facts facts) throws SQLException {
    Pouring rows =
        new Pouring(
            superuser,
            partition
                + " (session_key, cursor, event_id, epoch_number, type, source, turn_id, payload, created_at, chain_hash, history_position)",
            "with (freeze)");
    for (Facts.Event e : facts.events) {
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
      if (position % SOME == 0) {
        written.accept(SOME);
      }
    }
    rows.close();
  }

  private void messages(Facts facts) throws SQLException {
    Pouring rows =
        new Pouring(
            superuser,
            "tidemark.message (session_key, cursor, message_id, sender, role, content, metadata, created_at, turn_id)",
            "");
    for (Facts.Message m : facts.messages) {
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

  private void turns(Facts facts) throws SQLException {
    Pouring rows =
        new Pouring(
            superuser,
            "tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, status, attempt, queued_at, started_at,"
                + " ended_at, started_cursor, ended_cursor, lease_owner, lease_ends_at, abort_requested_at, abort_reason)",
            "");
    for (Facts.Turn t : facts.turns) {
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
