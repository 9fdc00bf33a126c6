package dev.tidemark.tools.bench.load;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.Arrays;

/** The times at which events were made and received, from which latencies are computed. */
final class Stamps {
  private static final long MILLION = 1_000_000;

  /** The difference between the time of day and the monotonic clock. */
  private long offsetMicros;

  private long[] made = new long[1 << 16];
  private long[] came = new long[1 << 16];
  private int count;

  void clear() {
    count = 0;
    Instant now = Instant.now();
    offsetMicros =
        now.getEpochSecond() * MILLION + now.getNano() / 1_000 - System.nanoTime() / 1_000;
  }

  void add(long madeMicros, long cameNanos) {
    if (count == made.length) {
      made = Arrays.copyOf(made, count * 2);
      came = Arrays.copyOf(came, count * 2);
    }
    made[count] = madeMicros;
    came[count] = cameNanos / 1_000 + offsetMicros;
    count++;
  }

  /** Reports on events made between two moments, in microseconds since 1970. */
  JsonObject report(long fromMicros, long toMicros) {
    long[] took = new long[count];
    int some = 0;
    for (int i = 0; i < count; i++) {
      if (made[i] >= fromMicros && made[i] < toMicros) {
        took[some++] = came[i] - made[i];
      }
    }
    return report(Arrays.copyOf(took, some));
  }

  private static JsonObject report(long[] micros) {
    Arrays.sort(micros);
    return Json.createObjectBuilder()
        .add("count", micros.length)
        .add("p50_millis", percentile(micros, 0.5))
        .add("p99_millis", percentile(micros, 0.99))
        .add("p999_millis", percentile(micros, 0.999))
        .add("max_millis", percentile(micros, 1))
        .build();
  }

  private static double percentile(long[] sorted, double part) {
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * part))] / 1e3;
  }
}
