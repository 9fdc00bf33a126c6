package dev.tidemark.wire;

/**
 * A frame as it goes out, and how long that is.
 *
 * @param text one line of JSON
 * @param bytes its length in UTF-8
 */
public record FrameText(String text, long bytes) {
  public static FrameText of(ServerFrame frame) {
    return of(frame.encode());
  }

  static FrameText of(String text) {
    return new FrameText(text, Utf8.length(text));
  }
}
