package dev.tidemark.tools.bench;

/** A figure's target: a part or multiple of its limit, a distance from it, or a fixed value. */
record Target(double bound, boolean atLeast, Kind kind, String of) {
  /** The quantity that is compared with the bound. */
  enum Kind {
    RATIO,
    DIFFERENCE,
    FIGURE
  }

  static Target atLeastOf(double bound) {
    return new Target(bound, true, Kind.RATIO, "times the limit");
  }

  static Target atMostOf(double bound) {
    return new Target(bound, false, Kind.RATIO, "times the limit");
  }

  static Target atMostMore(double bound, String unit) {
    return new Target(bound, false, Kind.DIFFERENCE, unit + " more than the limit");
  }

  static Target atMost(double bound, String unit) {
    return new Target(bound, false, Kind.FIGURE, unit);
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
    return atLeast ? value >= bound : value <= bound;
  }

  @Override
  public String toString() {
    return (atLeast ? "at least " : "at most ") + Numbers.shortest(bound) + " " + of;
  }
}
