package dev.tidemark.tools.bench;

import java.time.Instant;
import java.util.List;

/** One run of the benchmark: its end, machine, database and results. */
record BenchRun(Instant finishedAt, String machine, String database, List<Result> results) {}
