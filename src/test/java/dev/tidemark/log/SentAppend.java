package dev.tidemark.log;

import dev.tidemark.ops.Metrics;
import java.util.Collections;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Appends that a test sends, without a participant, and the writer that it sends them to. */
final class SentAppend {
  private static final String DATA = "{}";

  private SentAppend() {}

  static Append of(Object lane, long sessionKey, int events) {
    return new Append(
        sessionKey,
        lane,
        Collections.nCopies(events, Draft.of("message", "alice", DATA)),
        DATA.length(),
        null,
        null);
  }

  /** The cursor of an append's first event, when it is durable. */
  static long cursor(Append append) throws Exception {
    return append.done().get(20, TimeUnit.SECONDS).get(0).cursor();
  }

  static Writer writer(DataSource source, Executor executor, Consumer<Appended> announce) {
    Backlog backlog = new Backlog(100, 1_000);
    return new Writer(
        backlog, source, executor, new BatchWriter(backlog, 10, 1_000, announce, new Metrics() {}));
  }
}
