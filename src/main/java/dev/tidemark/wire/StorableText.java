package dev.tidemark.wire;

import jakarta.json.JsonString;
import jakarta.json.JsonValue;

/**
 * Text that PostgreSQL can keep: any text without U+0000 and without half a surrogate pair. Other
 * text is refused at the door, because later it would fail a transaction that other sessions share.
 */
public final class StorableText {
  private static final char REPLACEMENT = '\uFFFD';

  private StorableText() {}

  /**
   * A text for a record of what came in, whatever it was: what cannot be kept is replaced by
   * U+FFFD, and the text is cut after a number of characters, half of a pair excluded.
   */
  public static String kept(String text, int maxChars) {
    int length = Math.min(text.length(), maxChars);
    if (length < text.length() && Character.isHighSurrogate(text.charAt(length - 1))) {
      length--;
    }
    StringBuilder kept = new StringBuilder(text.substring(0, length));
    for (int i = 0; i < length; i++) {
      if (kept.charAt(i) == 0 || JsonText.isLoneSurrogate(text, i)) {
        kept.setCharAt(i, REPLACEMENT);
      }
    }
    return kept.toString();
  }

  /** Refuses a text that cannot be kept. */
  public static void require(String field, String text, ErrorCode code) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == 0) {
        throw new BadFrameException(
            code, "The field '" + field + "' contains U+0000, which is not allowed.");
      }
      if (JsonText.isLoneSurrogate(text, i)) {
        throw new BadFrameException(
            code,
            "The field '" + field + "' contains half a surrogate pair, which is not allowed.");
      }
    }
  }

  /**
   * Does the same for everything inside a value. The recursion is no deeper than {@link
   * FrameReader#MAX_DEPTH}.
   */
  public static void require(String field, JsonValue value, ErrorCode code) {
    switch (value.getValueType()) {
      case STRING -> require(field, ((JsonString) value).getString(), code);
      case ARRAY -> value.asJsonArray().forEach(element -> require(field, element, code));
      case OBJECT ->
          value
              .asJsonObject()
              .forEach(
                  (name, inner) -> {
                    require(field, name, code);
                    require(field, inner, code);
                  });
      case NUMBER, TRUE, FALSE, NULL -> {}
    }
  }
}
