package dev.tidemark.wire;

/**
 * A frame as it goes out, with its length.
 *
 * @param text one line of JSON
 * @param bytes the length of the text in UTF-8
 */
public record EncodedFrame(String text, long bytes) {
  public static EncodedFrame of(ServerFrame frame) {
    return of(frame.encode());
  }

  static EncodedFrame of(String text) {
    return new EncodedFrame(text, Utf8.length(text));
  }
}
