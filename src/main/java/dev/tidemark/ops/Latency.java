package dev.tidemark.ops;

import java.time.Duration;
import java.util.Arrays;

/** The upper bounds of the buckets of a latency, around the times that are usual for it. */
enum Latency {
  OF_A_COMMIT("0.5 1 2.5 5 10 25 50 100 250 500 1000 2500 5000 10000"),
  OF_A_REPLAY("1 5 10 25 50 100 250 500 1000 2500 5000 10000 30000 60000"),
  OF_AN_AGENT("10 50 100 250 500 1000 2000 5000 10000 30000 60000 120000");

  private static final int NANOS_IN_A_MILLI = 1_000_000;

  private final String millis;

  Latency(String millis) {
    this.millis = millis;
  }

  Duration[] bounds() {
    return Arrays.stream(millis.split(" ", -1))
        .map(bound -> Duration.ofNanos((long) (Double.parseDouble(bound) * NANOS_IN_A_MILLI)))
        .toArray(Duration[]::new);
  }
}
