package dev.tidemark.tools.bench;

import java.util.List;

/** A case of the benchmark: figures that are measured beside their limits in the same run. */
interface BenchCase {
  /** The name by which {@code -Dbench.cases} selects it. */
  String name();

  /** The rows that the case measures. */
  List<Row> rows();

  /** Measures, after a warm-up and at least three times. */
  List<Result> run(Bench bench) throws Exception;
}
