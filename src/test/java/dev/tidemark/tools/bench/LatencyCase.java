package dev.tidemark.tools.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Measures the time from the call of the append to the frame at the client. First the agents of
 * many sessions write as fast as they can, which shows the full load; then at half of that pace.
 */
final class LatencyCase implements BenchCase {
  private static final int SESSIONS = 50;
  private static final int FLAT_OUT_TOKENS = 300;
  private static final double ROUND_SECONDS = 4;
  private static final int PAYLOAD_BYTES = 200;
  private static final int COMMITS = 2_000;
  private static final int AROUND_TOKENS = 4;

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public List<Row> rows() {
    return List.of(Row.LATENCY);
  }

  @Override
  public List<Result> run(Bench bench) throws Exception {
    Log.Sessions sessions = bench.log().newSessions(SESSIONS);
    bench.load().open("latency", bench.gateway(), SESSIONS);
    bench
        .load()
        .flow(
            Load.command("send", "latency")
                .add("texts", Load.texts(BenchFrames.joins(sessions.ids())))
                .add("caught_up", true));
    Runs frames = new Runs();
    Runs commits = new Runs();
    Runs middle = new Runs();
    double fullLoad = 0;
    try {
      for (int run = Runs.FIRST; run < Runs.COUNTED; run++) {
        fullLoad = talk(bench, FLAT_OUT_TOKENS, 0).framesPerSecond();
        bench.say("full load: %,.0f frames/s", fullLoad);
      }
      int everyMicros = (int) (1e6 * SESSIONS / (fullLoad / 2));
      int tokens = (int) (ROUND_SECONDS * 1e6 / everyMicros);
      for (int run = Runs.FIRST; run <= Runs.LAST; run++) {
        Load.Flow flow = talk(bench, tokens, everyMicros);
        Load.Latency latency = bench.load().latency(Load.command("stamps", "latency"));
        double[] bare = commitMillis(bench);
        frames.add(run, latency.p99(), flow.share());
        middle.add(run, latency.p50(), flow.share());
        commits.add(run, Numbers.percentile(bare, 0.99), 0);
        bench.say(
            "append to frame at %,.0f frames/s: p50 %.2f p99 %.2f p99.9 %.2f ms; commit: p50 %.2f p99 %.2f ms",
            flow.framesPerSecond(),
            latency.p50(),
            latency.p99(),
            latency.p999(),
            Numbers.median(bare),
            Numbers.percentile(bare, 0.99));
      }
    } finally {
      bench.load().close("latency");
    }
    return List.of(
        Result.of(Row.LATENCY, frames.series("append to frame, p99", "ms"), frames.share())
            .beside(commits.series("bare commit, p99", "ms"))
            .noting(
                "Full load of %d sessions whose agents talk as fast as they can: %,.0f frames/s. At half of it, the median is %s.",
                SESSIONS, fullLoad, middle.series("p50", "ms")));
  }

  private static Load.Flow talk(Bench bench, int tokens, int everyMicros) {
    return bench
        .load()
        .flow(
            Load.command("send", "latency")
                .add(
                    "texts",
                    Load.texts(List.of(BenchFrames.message(tokens, PAYLOAD_BYTES, everyMicros))))
                .add("stamps", true)
                .add("frames", tokens + AROUND_TOKENS));
  }

  private static double[] commitMillis(Bench bench) throws SQLException {
    bench
        .log()
        .execute(
            "create table if not exists public.bare (id bigint generated always as identity, data text)");
    double[] millis = new double[COMMITS];
    try (Connection connection = bench.log().connect();
        PreparedStatement insert =
            connection.prepareStatement("insert into public.bare (data) values (?)")) {
      for (int i = 0; i < COMMITS; i++) {
        insert.setString(1, "x".repeat(PAYLOAD_BYTES));
        long start = System.nanoTime();
        insert.executeUpdate();
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    return millis;
  }
}
