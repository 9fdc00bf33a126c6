package dev.tidemark.tools.bench.inside;

/** Payloads of a given size. */
final class Payload {
  private static final int WRAPPING = "{\"content\":\"\"}".length();

  private Payload() {}

  /** Content for a payload of {@code bytes} bytes, with the time in front. */
  static String stamped(long micros, int bytes) {
    String stamp = "t=" + micros + " ";
    return stamp + "x".repeat(Math.max(0, bytes - WRAPPING - stamp.length()));
  }

  static String of(int bytes) {
    return "{\"content\":\"" + "x".repeat(Math.max(0, bytes - WRAPPING)) + "\"}";
  }
}
