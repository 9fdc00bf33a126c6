package dev.tidemark.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/** Takes a measurement several times after a warm-up and shows its median and range. */
final class Figures {
  private static final int ROUNDS = 3;

  private final double[] values;

  private Figures(double[] values) {
    this.values = values;
  }

  /** Measures once to warm up, then three times. */
  static Figures of(DoubleSupplier measurement) {
    var unused = measurement.getAsDouble();
    double[] values = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      values[i] = measurement.getAsDouble();
    }
    Arrays.sort(values);
    return new Figures(values);
  }

  /** A percentile of values that were taken one by one. */
  static double percentile(double[] all, double percent) {
    double[] sorted = all.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1L, Math.round(sorted.length * percent / 100))];
  }

  double median() {
    return values[values.length / 2];
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%,.1f (%,.1f to %,.1f)", median(), values[0], values[values.length - 1]);
  }
}
