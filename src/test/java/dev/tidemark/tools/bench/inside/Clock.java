package dev.tidemark.tools.bench.inside;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The time of day for stamps: the load generator reads the same clock, on the same machine. */
final class Clock {
  private Clock() {}

  static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
