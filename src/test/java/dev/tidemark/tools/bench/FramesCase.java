package dev.tidemark.tools.bench;

import jakarta.json.Json;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A hundred clients resume a hundred sessions from the beginning, several times over: events that
 * were just appended, from the first frame to the last. Then the same with batch, and the bare
 * endpoint with as many messages of the same length. The bare endpoint too has messages of its own
 * for each session, so that neither sends from the processor's cache.
 */
final class FramesCase implements BenchCase {
  private static final int CLIENTS = 100;
  private static final int EVENTS = 1_000;
  private static final int PAYLOAD_BYTES = 200;

  /** Each client asks again when it has all, so that most of a run is neither start nor end. */
  private static final int TIMES = 5;

  @Override
  public String name() {
    return "frames";
  }

  @Override
  public List<Row> rows() {
    return List.of(Row.FRAMES, Row.FRAMES_BATCH);
  }

  @Override
  public List<Result> run(Bench bench) throws Exception {
    Log.Sessions sessions = bench.log().newSessions(CLIENTS);
    bench.inside(
        Bench.command("events", sessions).add("events", EVENTS).add("bytes", PAYLOAD_BYTES));
    Runs one = new Runs();
    Runs batch = new Runs();
    Runs bare = new Runs();
    Load.Flow lastBatch = null;
    bench.load().open("frames", bench.gateway(), CLIENTS);
    bench.load().open("frames-bare", bench.bare(), CLIENTS);
    try {
      for (int run = Runs.FIRST_OF_SHORTEST; run <= Runs.LAST_OF_SHORTEST; run++) {
        Load.Flow single = resume(bench, sessions);
        one.add(run, single.framesPerSecond(), single.share());
        Load.Flow batched = resume(bench, sessions, "batch");
        lastBatch = batched;
        batch.add(run, batched.framesPerSecond(), batched.share());
        Load.Flow pushed = push(bench, (int) (single.bytes() / single.messages()));
        bare.add(run, pushed.framesPerSecond(), pushed.share());
        bench.say(
            "frames/s: %,.0f; with batch %,.0f in %,d messages; bare %,.0f",
            single.framesPerSecond(),
            batched.framesPerSecond(),
            batched.messages(),
            pushed.framesPerSecond());
      }
    } finally {
      bench.load().close("frames");
      bench.load().close("frames-bare");
    }
    Series alone = one.series("gateway", "frames/s");
    return List.of(
        Result.of(Row.FRAMES, alone, one.share())
            .beside(bare.series("bare endpoint", "frames/s"))
            .noting(
                "Against the bare endpoint the load generator takes %.0f %% of the machine.",
                100 * bare.share()),
        Result.of(Row.FRAMES_BATCH, batch.series("with batch", "frames/s"), batch.share())
            .beside(alone)
            .noting("%,d frames came in %,d messages.", lastBatch.frames(), lastBatch.messages()));
  }

  private static Load.Flow resume(Bench bench, Log.Sessions sessions, String... capabilities) {
    return bench
        .load()
        .flow(
            Load.command("send", "frames")
                .add("texts", Load.texts(BenchFrames.joinsSince(sessions.ids(), 0, capabilities)))
                .add("times", TIMES)
                .add("baseline", 0)
                .add("until", EVENTS));
  }

  private static Load.Flow push(Bench bench, int bytes) {
    List<String> wishes =
        IntStream.range(0, CLIENTS)
            .mapToObj(
                client ->
                    Json.createObjectBuilder()
                        .add("frames", EVENTS)
                        .add("bytes", bytes)
                        .add("session", client)
                        .build()
                        .toString())
            .toList();
    return bench
        .load()
        .flow(
            Load.command("send", "frames-bare")
                .add("texts", Load.texts(wishes))
                .add("times", TIMES)
                .add("baseline", 0)
                .add("until", EVENTS));
  }
}
