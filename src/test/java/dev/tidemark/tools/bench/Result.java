package dev.tidemark.tools.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The result of a row.
 *
 * @param limit limit of the figure, measured in the same run, if there is one
 * @param share load generator's share of the machine during the measurement, 0 to 1; {@link #IDLE}
 *     if it was not in use
 * @param curve figure over another growing quantity, if the row is about that
 */
record Result(
    Row row,
    Series figure,
    Optional<Series> limit,
    double share,
    List<String> notes,
    List<Point> curve) {

  /** The share of a load generator that has nothing to do. */
  static final double IDLE = -1;

  /** A point of a curve. */
  record Point(double x, double y) {}

  static Result of(Row row, Series figure, double share) {
    return new Result(row, figure, Optional.empty(), share, List.of(), List.of());
  }

  Result beside(Series itsLimit) {
    return new Result(row, figure, Optional.of(itsLimit), share, notes, curve);
  }

  /** Adds a remark, formatted as {@link String#format} does. */
  Result noting(String format, Object... values) {
    List<String> more = new ArrayList<>(notes);
    more.add(String.format(java.util.Locale.ROOT, format, values));
    return new Result(row, figure, limit, share, List.copyOf(more), curve);
  }

  Result along(List<Point> points) {
    return new Result(row, figure, limit, share, notes, List.copyOf(points));
  }

  /** The value that is compared with the target: a ratio, a difference, or the figure itself. */
  double value() {
    return row.target().valueOf(figure.median(), limitMedian());
  }

  /** The figure that just reaches the target. */
  double reach() {
    return row.target().reach(limitMedian());
  }

  private double limitMedian() {
    return limit.map(Series::median).orElse(Double.NaN);
  }

  boolean isReached() {
    return row.target().isReachedBy(value());
  }
}
