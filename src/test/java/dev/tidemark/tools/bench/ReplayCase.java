package dev.tidemark.tools.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * One client replays a session of 10,000 events, beside a COPY of the same rows. Each replay is of
 * another session, which this node neither wrote nor read: all comes from the database.
 */
final class ReplayCase implements BenchCase {
  private static final int EVENTS = 10_000;
  private static final int PAYLOAD_BYTES = 200;

  private static final String EVENTS_BEHIND_ITS_BACK =
      """
      with heads as (
        update tidemark.session_head set head_cursor = %3$d, last_event_at = statement_timestamp()
        where session_key between %1$d and %2$d returning session_key)
      insert into tidemark.event (session_key, cursor, event_id, epoch_number, type, source, payload, created_at, chain_hash)
      select session_key, n, gen_random_uuid(), 1, 'note', 'bench', ('{"content":"' || repeat('x', %4$d - 14) || '"}')::json,
             statement_timestamp(), decode(repeat('00', 32), 'hex')
      from heads, generate_series(1, %3$d) n order by session_key, n""";

  @Override
  public String name() {
    return "replay";
  }

  @Override
  public List<Row> rows() {
    return List.of(Row.REPLAY);
  }

  @Override
  public List<Result> run(Bench bench) throws Exception {
    Log.Sessions sessions =
        bench.log().newSessions(2 * Runs.count(Runs.FIRST_OF_SHORTEST, Runs.LAST_OF_SHORTEST));
    bench
        .log()
        .execute(
            EVENTS_BEHIND_ITS_BACK.formatted(
                sessions.firstKey(),
                sessions.firstKey() + sessions.count() - 1,
                EVENTS,
                PAYLOAD_BYTES));
    bench.log().execute("vacuum analyze tidemark.event");
    Runs replays = new Runs();
    Runs batched = new Runs();
    Runs copies = new Runs();
    bench.load().open("replay", bench.gateway(), 1);
    try (Connection connection = bench.log().connect()) {
      for (int run = Runs.FIRST_OF_SHORTEST; run <= Runs.LAST_OF_SHORTEST; run++) {
        int index = 2 * (run - Runs.FIRST_OF_SHORTEST);
        Load.Flow single = replay(bench, sessions.only(index));
        replays.add(run, EVENTS / single.secondsToAll(), single.share());
        Load.Flow batch = replay(bench, sessions.only(index + 1), "batch");
        batched.add(run, EVENTS / batch.secondsToAll(), batch.share());
        double copy = copySeconds(connection, sessions.firstKey() + index);
        copies.add(run, EVENTS / copy, 0);
        bench.say(
            "replay: %.0f ms, with batch %.0f ms; COPY: %.0f ms",
            1e3 * single.secondsToAll(), 1e3 * batch.secondsToAll(), 1e3 * copy);
      }
    } finally {
      bench.load().close("replay");
    }
    Series one = replays.series("one frame a message", "events/s");
    Series copy = copies.series("COPY", "events/s");
    return List.of(
        Result.of(Row.REPLAY, batched.series("replay with batch", "events/s"), batched.share())
            .beside(copy)
            .noting(
                "One frame a message: %s, %.2f of the limit.", one, one.median() / copy.median()));
  }

  private static Load.Flow replay(Bench bench, Log.Sessions sessions, String... capabilities) {
    return bench
        .load()
        .flow(
            Load.command("send", "replay")
                .add("texts", Load.texts(BenchFrames.joinsSince(sessions.ids(), 0, capabilities)))
                .add("baseline", 0)
                .add("until", EVENTS)
                .add("caught_up", true));
  }

  private static double copySeconds(Connection connection, long sessionKey)
      throws SQLException, IOException {
    long begin = System.nanoTime();
    long rows =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut(
                "copy (select cursor, event_id, type, source, turn_id, created_at, payload from tidemark.event where session_key = "
                    + sessionKey
                    + " order by cursor) to stdout",
                OutputStream.nullOutputStream());
    if (rows != EVENTS) {
      throw new IllegalStateException(rows + " rows were copied.");
    }
    return (System.nanoTime() - begin) / 1e9;
  }
}
