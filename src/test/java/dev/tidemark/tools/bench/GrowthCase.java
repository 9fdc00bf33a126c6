package dev.tidemark.tools.bench;

import java.sql.Connection;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Measures an append, and a replay near the head, as the history grows: thirty days, made day by
 * day, with a replay window of seven.
 */
final class GrowthCase implements BenchCase {
  private static final int MILLIONS = Integer.getInteger("bench.growth.millions", 20);
  private static final int DAYS = 30;
  private static final int WINDOW_DAYS = 7;
  private static final int SESSIONS = 1_000;
  private static final int LOAD_SESSIONS = 1_000;
  private static final int OUTSTANDING = 64;
  private static final int PAYLOAD_BYTES = 200;
  private static final int ROUND_MILLIS = 2_000;
  private static final int BEHIND = 200;
  private static final int CLIENTS = 50;

  /** The numbers of days after which the case measures. */
  private static final Set<Integer> AFTER_DAYS = Set.of(2, 6, 12, 18, 24, 30);

  @Override
  public String name() {
    return "growth";
  }

  @Override
  public List<Row> rows() {
    return List.of(Row.GROWTH_APPEND, Row.GROWTH_REPLAY);
  }

  @Override
  public List<Result> run(Bench bench) throws Exception {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    Log.Sessions loaded = bench.log().newSessions(LOAD_SESSIONS);
    List<Measured> appends = new ArrayList<>();
    List<Measured> replays = new ArrayList<>();
    bench.load().open("growth", bench.gateway(), CLIENTS);
    try (Connection connection = bench.log().connect()) {
      History history = new History(connection, "growth", SESSIONS, today.minusDays(DAYS - 1L));
      for (int days = 1; days <= DAYS; days++) {
        int ago = DAYS - days;
        history.fillDay(today.minusDays(ago), MILLIONS * 1_000_000L / DAYS);
        if (!AFTER_DAYS.contains(days)) {
          continue;
        }
        history.purge(Duration.ofDays(ago + WINDOW_DAYS));
        if (appends.isEmpty()) { // warms up the code for the first point
          appendMicros(bench, loaded);
          replayMillis(bench, history);
        }
        double millions = history.head() * SESSIONS / 1e6;
        appends.add(new Measured(millions, appendMicros(bench, loaded), Result.IDLE));
        Runs replayed = replayMillis(bench, history);
        replays.add(
            new Measured(millions, replayed.series("replays", "ms").runs(), replayed.share()));
        bench.say(
            "growth: %.1f million events, %.1f µs an append, %.1f ms for %d replays of %d events",
            millions,
            Numbers.median(appends.get(appends.size() - 1).runs()),
            Numbers.median(replays.get(replays.size() - 1).runs()),
            CLIENTS,
            BEHIND);
      }
    } finally {
      bench.load().close("growth");
    }
    return List.of(
        result(Row.GROWTH_APPEND, appends, "µs"), result(Row.GROWTH_REPLAY, replays, "ms"));
  }

  private record Measured(double millions, List<Double> runs, double share) {}

  private static List<Double> appendMicros(Bench bench, Log.Sessions sessions) throws Exception {
    Runs runs = new Runs();
    for (int run = 0; run <= Runs.MIN; run++) {
      double perSecond =
          bench
              .inside(
                  Bench.command("append", sessions)
                      .add("outstanding", OUTSTANDING)
                      .add("bytes", PAYLOAD_BYTES)
                      .add("millis", ROUND_MILLIS))
              .getJsonNumber("per_second")
              .doubleValue();
      runs.add(run, 1e6 / perSecond, 0);
    }
    return runs.series("an append", "µs").runs();
  }

  /** Replays to clients at once, each with a new session in each run, so that no memory helps. */
  private static Runs replayMillis(Bench bench, History history) {
    Runs runs = new Runs();
    for (int run = 0; run <= 7 * Runs.MIN; run++) {
      int first = run * CLIENTS;
      List<String> ids =
          IntStream.range(first, first + CLIENTS)
              .mapToObj(i -> history.sessionId(1 + i % SESSIONS))
              .toList();
      Load.Flow flow =
          bench
              .load()
              .flow(
                  Load.command("send", "growth")
                      .add(
                          "texts", Load.texts(BenchFrames.joinsSince(ids, history.head() - BEHIND)))
                      .add("baseline", history.head() - BEHIND)
                      .add("until", history.head())
                      .add("caught_up", true));
      runs.add(run, 1e3 * flow.secondsToAll(), flow.share());
    }
    return runs;
  }

  private static Result result(Row row, List<Measured> measured, String unit) {
    Measured first = measured.get(0);
    Measured last = measured.get(measured.size() - 1);
    return Result.of(row, new Series(million(last), unit, last.runs()), last.share())
        .beside(new Series(million(first), unit, first.runs()))
        .along(
            measured.stream()
                .map(one -> new Result.Point(one.millions(), Numbers.median(one.runs())))
                .toList());
  }

  private static String million(Measured one) {
    return Numbers.readable(one.millions()) + " million events";
  }
}
