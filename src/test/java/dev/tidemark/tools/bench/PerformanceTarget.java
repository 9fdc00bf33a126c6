package dev.tidemark.tools.bench;

/** A figure's target: a part or multiple of its limit, a distance from it, or a fixed value. */
record PerformanceTarget(double bound, boolean minimum, Kind kind, String of) {
  /** The quantities that can be compared with the bound. */
  enum Kind {
    RATIO,
    DIFFERENCE,
    FIGURE
  }

  static PerformanceTarget minRatio(double bound) {
    return new PerformanceTarget(bound, true, Kind.RATIO, "times the limit");
  }

  static PerformanceTarget maxRatio(double bound) {
    return new PerformanceTarget(bound, false, Kind.RATIO, "times the limit");
  }

  static PerformanceTarget maxDifference(double bound, String unit) {
    return new PerformanceTarget(bound, false, Kind.DIFFERENCE, unit + " more than the limit");
  }

  static PerformanceTarget maxFigure(double bound, String unit) {
    return new PerformanceTarget(bound, false, Kind.FIGURE, unit);
  }

  /** The quantity that is compared with the bound. */
  double valueOf(double figure, double limit) {
    return switch (kind) {
      case RATIO -> figure / limit;
      case DIFFERENCE -> figure - limit;
      case FIGURE -> figure;
    };
  }

  /** The figure that just reaches the bound. */
  double reach(double limit) {
    return switch (kind) {
      case RATIO -> limit * bound;
      case DIFFERENCE -> limit + bound;
      case FIGURE -> bound;
    };
  }

  boolean isReachedBy(double value) {
    return minimum ? value >= bound : value <= bound;
  }

  @Override
  public String toString() {
    return (minimum ? "at least " : "at most ") + Numbers.shortest(bound) + " " + of;
  }
}
