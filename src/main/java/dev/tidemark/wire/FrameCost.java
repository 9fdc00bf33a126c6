package dev.tidemark.wire;

/** The heap that the text of a frame takes, in bytes, counted so that it never takes more. */
public final class FrameCost {
  /** The objects around a text, and its place in a queue. */
  private static final int OBJECTS = 100;

  /** The text is held while it is parsed, as values, as a payload, and as that of its event. */
  private static final int COPIES = 3;

  /** An array with its list and first element; an object with its map. */
  private static final int STRUCTURE = 200;

  /** An element of an array, or a field of an object. */
  private static final int ELEMENT = 80;

  /** No JSON takes more: tried with what is smallest for each kind of value. */
  private static final int MOST_OF_A_CHARACTER = 40;

  private FrameCost() {}

  /** A text that waits. */
  public static long ofText(String text) {
    return OBJECTS + bytesOf(text, Utf8.length(text));
  }

  /** The characters alone: in one byte each if none needs more, which the length in UTF-8 tells. */
  public static long bytesOf(String text, long utf8Bytes) {
    return utf8Bytes == text.length() ? utf8Bytes : 2L * text.length();
  }

  /** What is added while the frame is parsed and handled. */
  public static long ofHandling(String text) {
    long structure = 0;
    boolean inText = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (inText && c == '\\') {
        i++;
      } else if (c == '"') {
        inText = !inText;
      } else if (!inText) {
        structure += weight(c);
      }
    }
    return OBJECTS
        + COPIES * bytesOf(text, Utf8.length(text))
        + Math.min(structure, (long) MOST_OF_A_CHARACTER * text.length());
  }

  /**
   * The most that {@link #ofText} and {@link #ofHandling} can say of JSON texts.
   *
   * @param texts their number
   * @param utf8Bytes their length together
   * @param plainBytes how much of that is one string of JSON, without a structure
   */
  public static long most(int texts, long utf8Bytes, long plainBytes) {
    long copies = 2L * (1 + COPIES) * utf8Bytes; // a character in two bytes
    return 2L * OBJECTS * texts + copies + MOST_OF_A_CHARACTER * (utf8Bytes - plainBytes);
  }

  private static int weight(char c) {
    return switch (c) {
      case '[', '{' -> STRUCTURE;
      case ',', ':' -> ELEMENT;
      default -> 0;
    };
  }
}
