package dev.tidemark.bench.bare;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Frames as long as the gateway's, made before they are needed. */
final class Frames {
  private static final int MOST_KEPT = 100;
  private static final Map<String, String[]> KEPT = new ConcurrentHashMap<>();

  private Frames() {}

  /** A single frame says when it was made; many are made once and kept. */
  static String[] of(int from, int to, int bytes) {
    if (from == to) {
      Instant now = Instant.now();
      return new String[] {frame(from, bytes, ChronoUnit.MICROS.between(Instant.EPOCH, now))};
    }
    if (KEPT.size() > MOST_KEPT) {
      KEPT.clear();
    }
    return KEPT.computeIfAbsent(from + "-" + to + "-" + bytes, key -> many(from, to, bytes));
  }

  private static String[] many(int from, int to, int bytes) {
    String[] frames = new String[to - from + 1];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = frame(from + i, bytes, 0);
    }
    return frames;
  }

  private static String frame(int seq, int bytes, long stampMicros) {
    String begin =
        "{\"type\":\"replay\",\"seq\":%d,\"event\":{\"data\":{\"content\":\"t=%d "
            .formatted(seq, stampMicros);
    String end = "\"}}}";
    return begin + "x".repeat(Math.max(0, bytes - begin.length() - end.length())) + end;
  }
}
