package dev.tidemark.tools.bench;

import java.util.ArrayList;
import java.util.List;

/** The runs of one measurement: those before {@link #COUNTED} warm up and are not kept. */
final class Runs {
  /** A loop from here to {@link #LAST} warms up and measures. */
  static final int FIRST = 1 - Integer.getInteger("bench.warm-ups", 2);

  /** For short runs, of which the code needs more to be warm. */
  static final int FIRST_OF_SHORT = 1 - 4 * Integer.getInteger("bench.warm-ups", 2);

  /** For runs of a tenth of a second, because the compilers work for seconds. */
  static final int FIRST_OF_SHORTEST = 1 - 20 * Integer.getInteger("bench.warm-ups", 2);

  static final int COUNTED = 1;
  static final int LAST = Integer.getInteger("bench.runs", 3);

  /** For runs of a tenth of a second, because a single one says little. */
  static final int LAST_OF_SHORTEST = 3 * LAST;

  /** The number of runs where each takes long. */
  static final int MIN = 3;

  private final List<Double> figures = new ArrayList<>();
  private final List<Double> shares = new ArrayList<>();

  /** The number of runs from {@code first} to {@code last}. */
  static int count(int first, int last) {
    return last - first + 1;
  }

  void add(int run, double figure, double share) {
    if (run >= COUNTED) {
      figures.add(figure);
      shares.add(share);
    }
  }

  Series series(String what, String unit) {
    return new Series(what, unit, List.copyOf(figures));
  }

  /** The load generator's share of the machine, as the median of the runs. */
  double share() {
    return Numbers.median(shares);
  }
}
