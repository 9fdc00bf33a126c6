package dev.tidemark.tools.bench;

import java.util.List;

/** A quantity that was measured several times. */
record Series(String what, String unit, List<Double> runs) {
  double median() {
    return Numbers.median(runs);
  }

  @Override
  public String toString() {
    return Numbers.readable(median()) + " " + unit;
  }
}
