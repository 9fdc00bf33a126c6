package dev.tidemark.tools.bench;

import jakarta.json.Json;
import java.util.List;

/**
 * A thousand clients of one session come back at once, each 200 events behind, while agents write
 * to other clients at a steady pace.
 */
final class ReturnCase implements BenchCase {
  private static final int CLIENTS = 1_000;
  private static final int EVENTS = 1_000;
  private static final int BEHIND = 200;
  private static final int OTHERS = 20;
  private static final int PAYLOAD_BYTES = 200;
  private static final int EVERY_MICROS = 20_000;
  private static final int CALM_MILLIS = 3_000;

  @Override
  public String name() {
    return "return";
  }

  @Override
  public List<Row> rows() {
    return List.of(Row.RETURN, Row.RETURN_OTHERS);
  }

  @Override
  public List<Result> run(Bench bench) throws Exception {
    Log.Sessions session = bench.log().newSessions(1);
    bench.inside(
        Bench.command("events", session).add("events", EVENTS).add("bytes", PAYLOAD_BYTES));
    Log.Sessions others = bench.log().newSessions(OTHERS);
    bench.load().open("others", bench.gateway(), OTHERS);
    bench
        .load()
        .flow(
            Load.command("send", "others")
                .add("texts", Load.texts(BenchFrames.joins(others.ids())))
                .add("caught_up", true));
    Runs opening = new Runs();
    Runs seconds = new Runs();
    Runs stormy = new Runs();
    Runs calm = new Runs();
    try {
      for (int run = Runs.FIRST; run <= Runs.LAST; run++) {
        storm(bench, session, run, opening, seconds, stormy, calm);
      }
    } finally {
      bench.load().close("others");
    }
    return List.of(
        Result.of(Row.RETURN, seconds.series("all caught up", "s"), seconds.share())
            .noting(
                "From the joins, all at once, to the last frame. Opening the sockets took %s before.",
                opening.series("sockets", "s")),
        Result.of(Row.RETURN_OTHERS, stormy.series("while they return, p99", "ms"), stormy.share())
            .beside(calm.series("before, p99", "ms")));
  }

  private static void storm(
      Bench bench,
      Log.Sessions session,
      int run,
      Runs opening,
      Runs seconds,
      Runs stormy,
      Runs calm)
      throws InterruptedException {
    Load load = bench.load();
    long openedSince = System.nanoTime();
    load.open("return", bench.gateway(), CLIENTS);
    double openSeconds = (System.nanoTime() - openedSince) / 1e9;
    try {
      int tokens = 3 * (CALM_MILLIS * 1_000 / EVERY_MICROS);
      load.flow(
          Load.command("send", "others")
              .add(
                  "texts",
                  Load.texts(List.of(BenchFrames.message(tokens, PAYLOAD_BYTES, EVERY_MICROS))))
              .add("stamps", true));
      Thread.sleep(CALM_MILLIS); // the length of the measurement
      long begin = Clocks.micros();
      Load.Flow back =
          load.flow(
              Load.command("send", "return")
                  .add("texts", Load.texts(BenchFrames.joinsSince(session.ids(), EVENTS - BEHIND)))
                  .add("baseline", EVENTS - BEHIND)
                  .add("until", EVENTS)
                  .add("caught_up", true));
      long end = Clocks.micros();
      load.flow(Load.command("await", "others").add("frames", tokens));
      Load.Latency before = others(load, begin - CALM_MILLIS * 1_000L, begin);
      Load.Latency during = others(load, begin, end);
      opening.add(run, openSeconds, 0);
      seconds.add(run, back.secondsToAll(), back.share());
      calm.add(run, before.p99(), 0);
      stormy.add(run, during.p99(), back.share());
      bench.say(
          "return: sockets open after %.2f s, all caught up %.2f s after their joins; others p99 %.2f ms before, %.2f ms meanwhile (%d events)",
          openSeconds, back.secondsToAll(), before.p99(), during.p99(), during.count());
    } finally {
      load.close("return");
    }
  }

  private static Load.Latency others(Load load, long fromMicros, long toMicros) {
    return load.latency(
        Load.command("stamps", "others")
            .add("from_micros", Json.createValue(fromMicros))
            .add("to_micros", Json.createValue(toMicros)));
  }
}
