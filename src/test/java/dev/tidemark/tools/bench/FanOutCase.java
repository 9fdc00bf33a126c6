package dev.tidemark.tools.bench;

import jakarta.json.Json;
import java.util.List;

/** An agent writes at a steady pace, and a thousand clients listen to its one session. */
final class FanOutCase implements BenchCase {
  private static final int CLIENTS = 1_000;
  private static final int EVENTS = 25;
  private static final int PAYLOAD_BYTES = 200;
  private static final int EVERY_MILLIS = 200;

  /** message, turn_started before the tokens; response, stream_end after them. */
  private static final int FRAMES = EVENTS + 4;

  @Override
  public String name() {
    return "fan-out";
  }

  @Override
  public List<Row> rows() {
    return List.of(Row.FAN_OUT);
  }

  @Override
  public List<Result> run(Bench bench) throws Exception {
    Log.Sessions session = bench.log().newSessions(1);
    Runs ours = new Runs();
    Runs bare = new Runs();
    Runs oursMiddle = new Runs();
    Runs bareMiddle = new Runs();
    bench.load().open("fan-out", bench.gateway(), CLIENTS);
    bench.load().open("fan-out-bare", bench.bare(), CLIENTS);
    bench
        .load()
        .flow(
            Load.command("send", "fan-out")
                .add("texts", Load.texts(BenchFrames.joins(session.ids())))
                .add("caught_up", true));
    try {
      for (int run = Runs.FIRST; run <= Runs.LAST; run++) {
        Load.Flow flow =
            ask(
                bench,
                "fan-out",
                FRAMES,
                BenchFrames.message(EVENTS, PAYLOAD_BYTES, EVERY_MILLIS * 1_000));
        Load.Latency latency = latency(bench, "fan-out");
        ours.add(run, latency.p99(), flow.share());
        String wish =
            Json.createObjectBuilder()
                .add("events", EVENTS)
                .add("bytes", (int) (flow.bytes() / flow.messages()))
                .add("every_millis", EVERY_MILLIS)
                .build()
                .toString();
        Load.Flow bareFlow = ask(bench, "fan-out-bare", EVENTS, wish);
        Load.Latency bareLatency = latency(bench, "fan-out-bare");
        bare.add(run, bareLatency.p99(), bareFlow.share());
        oursMiddle.add(run, latency.p50(), flow.share());
        bareMiddle.add(run, bareLatency.p50(), bareFlow.share());
        bench.say(
            "fan-out: p50 %.2f p99 %.2f ms; bare: p50 %.2f p99 %.2f ms",
            latency.p50(), latency.p99(), bareLatency.p50(), bareLatency.p99());
      }
    } finally {
      bench.load().close("fan-out");
      bench.load().close("fan-out-bare");
    }
    return List.of(
        Result.of(
                Row.FAN_OUT,
                ours.series("gateway, from the call of the append", "ms"),
                ours.share())
            .beside(bare.series("bare endpoint", "ms"))
            .noting(
                "The gateway's time includes the commit, the bare endpoint has none. Medians: gateway %s, bare endpoint %s.",
                oursMiddle.series("p50", "ms"), bareMiddle.series("p50", "ms")));
  }

  /** One client asks, all receive. */
  private static Load.Flow ask(Bench bench, String group, int frames, String text) {
    return bench
        .load()
        .flow(
            Load.command("send", group)
                .add("texts", Load.texts(List.of(text)))
                .add("only", 1)
                .add("baseline", -1)
                .add("stamps", true)
                .add("frames", frames));
  }

  private static Load.Latency latency(Bench bench, String group) {
    return bench.load().latency(Load.command("stamps", group));
  }
}
