package dev.tidemark.tools.bench.bare;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Frames as long as the gateway's, made before they are needed. */
final class Frames {
  private static final Map<String, String[]> KEPT = new ConcurrentHashMap<>();

  private Frames() {}

  /** Makes a frame that carries its own time. */
  static String[] now(int seq, int bytes) {
    return new String[] {
      frame(seq, bytes, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()))
    };
  }

  /** Returns the frames of a session, made once and kept. */
  static String[] kept(int session, int count, int bytes) {
    return KEPT.computeIfAbsent(
        session + "-" + count + "-" + bytes,
        key ->
            IntStream.rangeClosed(1, count)
                .mapToObj(seq -> frame(seq, bytes, 0))
                .toArray(String[]::new));
  }

  private static String frame(int seq, int bytes, long stampMicros) {
    String begin =
        "{\"type\":\"replay\",\"seq\":%d,\"event\":{\"data\":{\"content\":\"t=%d "
            .formatted(seq, stampMicros);
    String end = "\"}}}";
    return begin + "x".repeat(Math.max(0, bytes - begin.length() - end.length())) + end;
  }
}
