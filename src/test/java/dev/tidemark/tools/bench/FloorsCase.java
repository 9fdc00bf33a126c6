package dev.tidemark.tools.bench;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.sql.Connection;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Measures a steady load of appends during a purge: the floors of ten thousand sessions rise, and
 * the day of a million events that they needed leaves the log.
 */
final class FloorsCase implements BenchCase {
  private static final int SESSIONS = 10_000;
  private static final long EVENTS = 1_000_000;

  /** Before all days of {@link GrowthCase}. */
  private static final int DAYS_AGO = 60;

  private static final Duration WINDOW = Duration.ofDays(7);
  private static final int LOAD_SESSIONS = 1_000;
  private static final int PER_SECOND = 1_000;
  private static final int ROUND_MILLIS = 8_000;
  private static final int PAYLOAD_BYTES = 200;

  @Override
  public String name() {
    return "floors";
  }

  @Override
  public List<Row> rows() {
    return List.of(Row.FLOORS);
  }

  @Override
  public List<Result> run(Bench bench) throws Exception {
    LocalDate day = LocalDate.now(ZoneOffset.UTC).minusDays(DAYS_AGO);
    Log.Sessions loaded = bench.log().newSessions(LOAD_SESSIONS);
    Runs purged = new Runs();
    Runs calm = new Runs();
    double seconds = 0;
    double max = 0;
    try (Connection connection = bench.log().connect()) {
      History history = new History(connection, "floors", SESSIONS, day);
      for (int run = 0; run <= Runs.MIN; run++) {
        bench.say("floors: a day of %,d events is being made", EVENTS);
        history.fillDay(day.plusDays(run), EVENTS);
        JsonObject before = bench.inside(load(loaded));
        CompletableFuture<JsonObject> during =
            CompletableFuture.supplyAsync(() -> bench.insideUnchecked(load(loaded)));
        long begin = System.nanoTime();
        history.purge(WINDOW);
        seconds = (System.nanoTime() - begin) / 1e9;
        double p99 = millis(during.join(), "p99_millis");
        max = millis(during.join(), "max_millis");
        calm.add(run, millis(before, "p99_millis"), 0);
        purged.add(run, p99, 0);
        bench.say(
            "floors: %.1f s; append p99 %.2f ms, longest %.1f ms; without p99 %.2f ms, longest %.1f ms",
            seconds, p99, max, millis(before, "p99_millis"), millis(before, "max_millis"));
      }
    }
    return List.of(
        Result.of(Row.FLOORS, purged.series("append p99 meanwhile", "ms"), Result.IDLE)
            .beside(calm.series("append p99 without", "ms"))
            .noting(
                "%,d appends a second; all floors and the day took %.1f s of the last round's %.0f s, whose longest append took %.1f ms.",
                PER_SECOND, seconds, ROUND_MILLIS / 1e3, max));
  }

  private static JsonObjectBuilder load(Log.Sessions sessions) {
    return Bench.command("paced", sessions)
        .add("per_second", PER_SECOND)
        .add("millis", ROUND_MILLIS)
        .add("bytes", PAYLOAD_BYTES);
  }

  private static double millis(JsonObject response, String field) {
    return response.getJsonNumber(field).doubleValue();
  }
}
