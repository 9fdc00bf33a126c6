package dev.tidemark.tools.fuzz;

import dev.tidemark.tools.run.NumberOption;
import java.util.Properties;

/**
 * The options of {@code mvn -Pfuzz}, given with {@code -D}.
 *
 * @param seed {@code fuzz.seed}, from which everything hostile is made; 2026
 * @param frames {@code fuzz.frames}, number of frames on the socket; 1000000
 * @param calls {@code fuzz.calls}, number of calls of REST; 10000
 * @param frameFrom {@code fuzz.frame.from}, number of the first frame, to send some again; 0
 * @param callFrom {@code fuzz.call.from}, number of the first call; 0
 * @param clients {@code fuzz.clients}, hostile clients at a time; 16
 */
record FuzzOptions(long seed, long frames, long calls, long frameFrom, long callFrom, int clients) {

  static FuzzOptions from(Properties properties) {
    return new FuzzOptions(
        NumberOption.of(properties, "fuzz.seed", 2026, Long.MIN_VALUE, Long.MAX_VALUE),
        NumberOption.of(properties, "fuzz.frames", 1_000_000, 0, Integer.MAX_VALUE),
        NumberOption.of(properties, "fuzz.calls", 10_000, 0, Integer.MAX_VALUE),
        NumberOption.of(properties, "fuzz.frame.from", 0, 0, Integer.MAX_VALUE),
        NumberOption.of(properties, "fuzz.call.from", 0, 0, Integer.MAX_VALUE),
        (int) NumberOption.of(properties, "fuzz.clients", 16, 1, 1_000));
  }
}
