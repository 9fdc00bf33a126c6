package dev.tidemark.tools.bench;

import java.sql.SQLException;
import java.util.List;

/**
 * A client that missed a hundred long answers replays them, once with every token and once compact.
 * Each replay is of another session, which this node has not read: all comes from the database.
 */
final class CompactCase implements BenchCase {
  private static final int TURNS = 100;
  private static final int TOKENS = 500;
  private static final int EVENTS = TURNS * (TOKENS + 4);

  /**
   * Makes a session as a hundred turns leave it: for each turn message, turn_started, tokens,
   * response and stream_end, and the turn as completed. The chain hashes are zeros.
   */
  private static final String FINISHED_TURNS =
      """
      with turns as (
        select t, gen_random_uuid() as turn_id, (t - 1) * %3$d::bigint as before from generate_series(1, %2$d) t),
      events as (
        select turns.turn_id, before + n as cursor,
               case n when 1 then 'message' when 2 then 'turn_started' when %3$d - 1 then 'response' when %3$d then 'stream_end' else 'token_stream' end as type,
               case n when 1 then '{"content":"go","sender_id":"alice","message_id":"m-' || t || '","metadata":{}}'
                      when 2 then '{"message_id":"m-' || t || '","attempt":1}'
                      when %3$d - 1 then '{"content":"' || repeat('twenty bytes a token', %3$d - 4) || '","outcome":"completed","message_id":"m-' || t || '"}'
                      when %3$d then '{"outcome":"completed"}' else '{"content":"twenty bytes a token"}' end as payload
        from turns, generate_series(1, %3$d) n),
      logged as (
        insert into tidemark.event (session_key, cursor, event_id, epoch_number, type, source, turn_id, payload, created_at, chain_hash)
        select %1$d, cursor, gen_random_uuid(), 1, type, case type when 'message' then 'alice' else 'bench' end,
               case type when 'message' then null else turn_id end, payload::json, statement_timestamp(), decode(repeat('00', 32), 'hex')
        from events order by cursor),
      kept as (
        insert into tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, status, started_at, ended_at, started_cursor, ended_cursor)
        select turn_id, %1$d, before + 1, 'm-' || t, 'bench', 'completed', statement_timestamp(), statement_timestamp(), before + 2, before + %3$d - 1 from turns)
      update tidemark.session_head set head_cursor = %2$d * %3$d, last_event_at = statement_timestamp() where session_key = %1$d""";

  @Override
  public String name() {
    return "compact";
  }

  @Override
  public List<Row> rows() {
    return List.of(Row.COMPACT_FRAMES, Row.COMPACT_TIME);
  }

  @Override
  public List<Result> run(Bench bench) throws Exception {
    Log.Sessions sessions = finishedTurns(bench);
    Runs frames = new Runs();
    Runs allFrames = new Runs();
    Runs millis = new Runs();
    Runs allMillis = new Runs();
    bench.load().open("compact", bench.gateway(), 1);
    try {
      for (int run = Runs.FIRST_OF_SHORT; run <= Runs.LAST; run++) {
        int index = 2 * (run - Runs.FIRST_OF_SHORT);
        Load.Flow all = replay(bench, sessions.only(index));
        allFrames.add(run, (double) all.frames(), all.share());
        allMillis.add(run, 1e3 * all.secondsToAll(), all.share());
        Load.Flow compact = replay(bench, sessions.only(index + 1), "compact");
        frames.add(run, (double) compact.frames(), compact.share());
        millis.add(run, 1e3 * compact.secondsToAll(), compact.share());
        bench.say(
            "replay of %d turns: %,d frames in %.0f ms; compact %,d frames in %.1f ms",
            TURNS,
            all.frames(),
            1e3 * all.secondsToAll(),
            compact.frames(),
            1e3 * compact.secondsToAll());
      }
    } finally {
      bench.load().close("compact");
    }
    return List.of(
        Result.of(Row.COMPACT_FRAMES, frames.series("compact", "frames"), frames.share())
            .beside(allFrames.series("all", "frames")),
        Result.of(Row.COMPACT_TIME, millis.series("compact", "ms"), millis.share())
            .beside(allMillis.series("all", "ms")));
  }

  private static Log.Sessions finishedTurns(Bench bench) throws SQLException {
    Log.Sessions sessions = bench.log().newSessions(2 * Runs.count(Runs.FIRST_OF_SHORT, Runs.LAST));
    bench.say("compact: %,d events are being made", (long) EVENTS * sessions.count());
    for (int i = 0; i < sessions.count(); i++) {
      bench.log().execute(FINISHED_TURNS.formatted(sessions.firstKey() + i, TURNS, TOKENS + 4));
    }
    bench.log().execute("vacuum analyze tidemark.event");
    bench.log().execute("vacuum analyze tidemark.turn");
    return sessions;
  }

  private static Load.Flow replay(Bench bench, Log.Sessions session, String... capabilities) {
    return bench
        .load()
        .flow(
            Load.command("send", "compact")
                .add("texts", Load.texts(BenchFrames.joinsSince(session.ids(), 0, capabilities)))
                .add("baseline", 0)
                .add("until", EVENTS)
                .add("caught_up", true));
  }
}
