package dev.tidemark.wire;

import jakarta.json.JsonString;
import jakarta.json.JsonValue;

/**
 * Text that PostgreSQL can keep: any text without U+0000 and without half a surrogate pair. Other
 * text is refused at the door, because later it would fail a transaction that other sessions share.
 */
public final class StorableText {
  private StorableText() {}

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
