package dev.tidemark.tools.bench;

import java.util.ArrayList;
import java.util.List;

/** The runs of one thing: those before {@link #COUNTED} warm up and are forgotten. */
final class Runs {
  /** A loop from here to {@link #LAST} warms up and measures. */
  static final int FIRST = 1 - Integer.getInteger("bench.warm-ups", 2);

  /** Where a run is over in a moment, the code needs more of them to be warm. */
  static final int FIRST_OF_SHORT = 1 - 4 * Integer.getInteger("bench.warm-ups", 2);

  /** Where it takes a tenth of a second, the compilers are at work for seconds. */
  static final int FIRST_OF_SHORTEST = 1 - 20 * Integer.getInteger("bench.warm-ups", 2);

  static final int COUNTED = 1;
  static final int LAST = Integer.getInteger("bench.runs", 3);

  /** And one alone says little. */
  static final int LAST_OF_SHORTEST = 3 * LAST;

  /** So many where a run takes long. */
  static final int AT_LEAST = 3;

  private final List<Double> figures = new ArrayList<>();
  private final List<Double> shares = new ArrayList<>();

  /** How many runs there are from one to another. */
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

  /** The load generator's part of the machine, in the middle run. */
  double share() {
    return Numbers.median(shares);
  }
}
