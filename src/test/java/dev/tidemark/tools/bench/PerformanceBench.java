package dev.tidemark.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Measures the cases that {@code -Dbench.cases} names, or all of them, and reports. */
final class PerformanceBench {
  private static final List<Result> RESULTS = new ArrayList<>();
  private static Bench bench;

  @BeforeAll
  static void start() {
    bench = Bench.start();
  }

  @TestFactory
  Stream<DynamicTest> cases() {
    return Cases.selected().stream()
        .map(one -> DynamicTest.dynamicTest(one.name(), () -> measure(one)));
  }

  private static void measure(BenchCase one) throws Exception {
    bench.say("%s begins", one.name());
    Profile profile = Profile.of(one.name(), bench);
    try {
      List<Result> results = one.run(bench);
      assertEquals(one.rows(), results.stream().map(Result::row).toList());
      RESULTS.addAll(results);
    } finally {
      profile.end();
    }
  }

  @AfterAll
  static void report() throws Exception {
    BenchRun benchRun =
        new BenchRun(Instant.now(), Machine.description(), bench.log().version(), RESULTS);
    bench.close();
    Report.write(benchRun);
  }
}
