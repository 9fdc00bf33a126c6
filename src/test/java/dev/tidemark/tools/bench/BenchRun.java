package dev.tidemark.tools.bench;

import java.time.Instant;
import java.util.List;

/** One run of the benchmark: when, on what, and what came out. */
record BenchRun(Instant finishedAt, String machine, String database, List<Result> results) {}
