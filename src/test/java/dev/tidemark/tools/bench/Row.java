package dev.tidemark.tools.bench;

/**
 * The rows of the table, each with its limit and target. The page {@code docs/performance.md} lists
 * the same rows.
 */
enum Row {
  APPEND(
      "append",
      "durable appends/s, 1,000 sessions, 200-byte payloads",
      "the same rows by the best plain JDBC statement, same batch sizes",
      PerformanceTarget.minRatio(0.7)),
  APPEND_CHAIN(
      "append-chain",
      "the plain JDBC statement with the hashes of a chain",
      "the same without",
      PerformanceTarget.minRatio(0.9)),
  APPEND_HOT(
      "append-hot",
      "durable appends/s, one session, 64 callers",
      "one row per transaction by plain JDBC",
      PerformanceTarget.minRatio(20)),
  FRAMES(
      "frames",
      "frames/s to 100 clients of 100 sessions, one frame a message",
      "a bare endpoint that pushes the same bytes with getAsyncRemote",
      PerformanceTarget.minRatio(0.7)),
  FRAMES_BATCH(
      "frames-batch",
      "the same with batch",
      "one frame a message, the row above",
      PerformanceTarget.minRatio(3)),
  LATENCY(
      "latency",
      "from the append to the frame at the client, half load, p99",
      "a bare commit, p99",
      PerformanceTarget.maxDifference(5, "ms")),
  FAN_OUT(
      "fan-out",
      "one event to 1,000 clients of one session, p99",
      "bare endpoint, 1,000 sends, p99",
      PerformanceTarget.maxRatio(1.5)),
  RETURN(
      "return",
      "1,000 clients return at once, 200 events behind: all caught up",
      "–",
      PerformanceTarget.maxFigure(1, "s")),
  RETURN_OTHERS(
      "return-others",
      "20 other sessions meanwhile, p99",
      "the same sessions before, p99",
      PerformanceTarget.maxRatio(2)),
  REPLAY(
      "replay",
      "replay of 10,000 events, events/s",
      "COPY (select …) to stdout of the same rows",
      PerformanceTarget.minRatio(0.5)),
  COMPACT_FRAMES(
      "compact-frames",
      "replay of 100 finished turns of 500 tokens, compact: frames",
      "the same, not compact",
      PerformanceTarget.maxRatio(0.02)),
  COMPACT_TIME(
      "compact-time",
      "replay of 100 finished turns of 500 tokens, compact: time",
      "the same, not compact",
      PerformanceTarget.maxRatio(0.05)),
  MEMORY(
      "memory",
      "heap per idle joined connection, 10,000 of them",
      "–",
      PerformanceTarget.maxFigure(20, "kB")),
  FLOORS(
      "floors",
      "append p99 while 10,000 floors rise and a day of 1,000,000 events leaves",
      "the same load without, p99",
      PerformanceTarget.maxDifference(20, "ms")),
  GROWTH_APPEND(
      "growth-append",
      "an append, history of 20 million events over 30 days",
      "the same with 1 million",
      PerformanceTarget.maxRatio(1.25)),
  GROWTH_REPLAY(
      "growth-replay",
      "a replay near the head, history of 20 million events over 30 days",
      "the same with 1 million",
      PerformanceTarget.maxRatio(1.25)),
  NEIGHBOURS(
      "neighbours",
      "a neighbour's p99 while somebody does too much, the worst of all kinds",
      "the same neighbour before, p99",
      PerformanceTarget.maxRatio(2)),
  NEIGHBOURS_REFUSED(
      "neighbours-refused",
      "what is refused to the neighbour meanwhile, of all kinds",
      "–",
      PerformanceTarget.maxFigure(0, "times")),
  NEIGHBOURS_HEAP(
      "neighbours-heap",
      "heap of 768 MB in use after a full collection, the most of all kinds",
      "–",
      PerformanceTarget.maxFigure(80, "%"));

  private final String id;
  private final String title;
  private final String limit;

  @SuppressWarnings("ImmutableEnumChecker") // a record of a number, a flag and a text
  private final PerformanceTarget target;

  Row(String id, String title, String limit, PerformanceTarget target) {
    this.id = id;
    this.title = title;
    this.limit = limit;
    this.target = target;
  }

  String id() {
    return id;
  }

  String title() {
    return title;
  }

  String limit() {
    return limit;
  }

  PerformanceTarget target() {
    return target;
  }
}
