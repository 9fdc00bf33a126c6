package dev.tidemark.tools.bench;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The time of day in the unit of the load generator's stamps. */
final class Clocks {
  private Clocks() {}

  static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
