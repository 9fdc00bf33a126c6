package dev.tidemark.access.record;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One value that the database refuses costs nobody else's record. */
class BadRecordIT {
  private final SchemaDatabase database = SchemaDatabase.fresh();
  private final Connection app = database.as("tidemark_app");

  @Test
  void aRowThatIsRefusedIsLeftOutAlone() throws Exception {
    for (List<Integer> bad :
        List.of(List.<Integer>of(), List.of(0), List.of(99), List.of(17, 18, 63))) {
      List<Tally.Count<Refusal>> counts = counts(bad);
      app.setAutoCommit(false);
      CountSql statements = CountSql.begin(app, "node-1");
      List<Tally.Count<Refusal>> refused = RefusalSql.insert(statements, counts);
      app.commit();
      app.setAutoCommit(true);

      assertEquals(
          bad.stream().map(counts::get).map(count -> count.id).toList(),
          refused.stream().map(count -> count.id).toList());
      assertEquals(!bad.isEmpty(), statements.refusal().isPresent());
      assertEquals(
          100L - bad.size(),
          one(database.as("postgres"), "select count(*) from tidemark.refusal_record"));
      database.as("postgres").createStatement().execute("truncate tidemark.refusal_record");
    }
  }

  @Test
  void whateverComesFromOutsideIsKept() throws Exception {
    String any = "a\u0000b\uD800c".repeat(10_000);
    Tally<SignIn> signIns = new Tally<>(10);
    signIns.add(
        new SignIn(
            SignIn.Way.BEARER,
            "request",
            any,
            any,
            any,
            Optional.of(any),
            Optional.of(any),
            Optional.of(any)),
        System.nanoTime());
    Tally<RestReading> reads = new Tally<>(10);
    reads.add(
        new RestReading("/sessions", Optional.of(any), any, any, any, Optional.of(any)),
        System.nanoTime());
    Tally<Refusal> refusals = new Tally<>(10);
    refusals.add(refusal(any, "join"), System.nanoTime());
    app.setAutoCommit(false);
    CountSql statements = CountSql.begin(app, "node-1");
    assertEquals(List.of(), AccessRecordSql.signIns(statements, signIns.take()));
    assertEquals(List.of(), AccessRecordSql.restReadings(statements, reads.take()));
    assertEquals(List.of(), RefusalSql.insert(statements, refusals.take()));
    app.commit();

    for (String table : List.of("sign_in_record", "rest_reading_record", "refusal_record")) {
      String kept =
          (String)
              column(database.as("postgres"), "select principal from tidemark." + table).get(0);
      assertEquals(200, kept.length());
      assertTrue(kept.startsWith("a\uFFFDb\uFFFDc"), kept);
    }
  }

  private static List<Tally.Count<Refusal>> counts(List<Integer> bad) {
    Tally<Refusal> refusals = new Tally<>(10_000);
    IntStream.range(0, 100)
        .forEach(
            i ->
                refusals.add(
                    refusal("p-" + i, bad.contains(i) ? "jo\u0000in" : "join"), System.nanoTime()));
    return refusals.take();
  }

  private static Refusal refusal(String text, String operation) {
    return new Refusal(
        new Refusal.Requester(
            Optional.of(text),
            Optional.of("default"),
            Optional.of("192.0.2.1"),
            Optional.of(text),
            Optional.empty()),
        operation,
        "no_such_session",
        "There is no such session.",
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.of(text));
  }
}
