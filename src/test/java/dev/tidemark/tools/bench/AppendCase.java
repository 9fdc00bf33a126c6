package dev.tidemark.tools.bench;

import dev.tidemark.testing.gateway.Readiness;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/**
 * Measures durable appends a second. Of many sessions, the limit is the same rows by plain JDBC, in
 * batches of the size that the group commit reached or of its largest size, whichever is faster. Of
 * one session, the limit is one row a transaction.
 */
final class AppendCase implements BenchCase {
  private static final int SESSIONS = 1_000;
  private static final int OUTSTANDING = 2_000;
  private static final int HOT_CALLERS = 64;
  private static final int PAYLOAD_BYTES = 200;
  private static final int ROUND_MILLIS = 3_000;

  /** The number of the log's writers. */
  private static final int WRITERS = 2;

  private static final int LARGEST_BATCH = 500;

  @Override
  public String name() {
    return "append";
  }

  @Override
  public List<Row> rows() {
    return List.of(Row.APPEND, Row.APPEND_CHAIN, Row.APPEND_HOT);
  }

  @Override
  public List<Result> run(Bench bench) throws Exception {
    return List.of(cold(bench), chain(bench), hot(bench));
  }

  private static Result cold(Bench bench) throws Exception {
    Log.Sessions sessions = bench.log().newSessions(SESSIONS);
    Runs ours = new Runs();
    Runs plain = new Runs();
    int batch = LARGEST_BATCH;
    for (int run = Runs.FIRST; run <= Runs.LAST; run++) {
      double before = Readiness.metric(bench.server(), "tidemark_log_batches_total");
      JsonObject log =
          ask(bench, Bench.command("append", sessions).add("outstanding", OUTSTANDING));
      double batches = Readiness.metric(bench.server(), "tidemark_log_batches_total") - before;
      batch = (int) Math.round(log.getInt("appended") / batches);
      double sameSize = perSecond(ask(bench, plain(sessions, batch)));
      double largest = perSecond(ask(bench, plain(sessions, LARGEST_BATCH)));
      ours.add(run, perSecond(log), 0);
      plain.add(run, Math.max(sameSize, largest), 0);
      bench.say(
          "appends/s, 1,000 sessions: %,.0f in batches of %d; plain JDBC %,.0f, in batches of %d"
              + " %,.0f",
          perSecond(log), batch, sameSize, LARGEST_BATCH, largest);
    }
    return Result.of(Row.APPEND, ours.series("log", "appends/s"), Result.IDLE)
        .beside(plain.series("plain JDBC", "appends/s"))
        .noting(
            "The group commit came to %d events a transaction, with %,d appends outstanding.",
            batch, OUTSTANDING);
  }

  private static Result chain(Bench bench) throws Exception {
    Log.Sessions sessions = bench.log().newSessions(SESSIONS);
    Runs with = new Runs();
    Runs without = new Runs();
    for (int run = Runs.FIRST; run <= Runs.LAST; run++) {
      double hashing = perSecond(ask(bench, plain(sessions, LARGEST_BATCH).add("hashing", true)));
      double plain = perSecond(ask(bench, plain(sessions, LARGEST_BATCH)));
      with.add(run, hashing, 0);
      without.add(run, plain, 0);
      bench.say("plain JDBC, appends/s: %,.0f with hashes, %,.0f without", hashing, plain);
    }
    return Result.of(Row.APPEND_CHAIN, with.series("with hashes", "appends/s"), Result.IDLE)
        .beside(without.series("without", "appends/s"));
  }

  private static Result hot(Bench bench) throws Exception {
    Log.Sessions session = bench.log().newSessions(1);
    Runs ours = new Runs();
    Runs plain = new Runs();
    for (int run = Runs.FIRST; run <= Runs.LAST; run++) {
      double log =
          perSecond(ask(bench, Bench.command("append", session).add("outstanding", HOT_CALLERS)));
      double one = perSecond(ask(bench, Bench.command("one-by-one", session).add("writers", 1)));
      ours.add(run, log, 0);
      plain.add(run, one, 0);
      bench.say("appends/s, one session: %,.0f; one row a transaction %,.0f", log, one);
    }
    return Result.of(Row.APPEND_HOT, ours.series("log", "appends/s"), Result.IDLE)
        .beside(plain.series("one row a transaction", "appends/s"));
  }

  private static JsonObjectBuilder plain(Log.Sessions sessions, int rows) {
    return Bench.command("plain", sessions).add("writers", WRITERS).add("rows", rows);
  }

  private static JsonObject ask(Bench bench, JsonObjectBuilder command) throws Exception {
    return bench.inside(command.add("bytes", PAYLOAD_BYTES).add("millis", ROUND_MILLIS));
  }

  private static double perSecond(JsonObject response) {
    return response.getJsonNumber("per_second").doubleValue();
  }
}
