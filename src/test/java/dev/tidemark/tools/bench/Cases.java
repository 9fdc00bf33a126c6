package dev.tidemark.tools.bench;

import java.util.Arrays;
import java.util.List;

/** All cases, in the order of the table. */
final class Cases {
  static final List<BenchCase> ALL =
      List.of(
          new AppendCase(),
          new FramesCase(),
          new LatencyCase(),
          new FanOutCase(),
          new ReturnCase(),
          new ReplayCase(),
          new CompactCase(),
          new MemoryCase(),
          new FloorsCase(),
          new GrowthCase(),
          new NeighboursCase());

  private Cases() {}

  /** The cases that {@code -Dbench.cases=append,frames} names, or all. */
  static List<BenchCase> selected() {
    List<String> names = Arrays.asList(System.getProperty("bench.cases", "").split(",", -1));
    if (names.equals(List.of(""))) {
      return ALL;
    }
    List<BenchCase> some = ALL.stream().filter(one -> names.contains(one.name())).toList();
    if (some.size() != names.size()) {
      throw new IllegalArgumentException(
          "bench.cases may name " + ALL.stream().map(BenchCase::name).toList());
    }
    return some;
  }
}
