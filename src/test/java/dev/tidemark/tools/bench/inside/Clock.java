package dev.tidemark.tools.bench.inside;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The time of day as stamps carry it: the load generator runs on the same machine. */
final class Clock {
  private Clock() {}

  static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
