package dev.tidemark.tools.bench;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The time of day as the load generator's stamps have it. */
final class Clocks {
  private Clocks() {}

  static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
