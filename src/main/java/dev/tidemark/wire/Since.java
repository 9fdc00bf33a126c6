package dev.tidemark.wire;

import jakarta.json.JsonString;
import java.util.OptionalLong;

/** Reads the one field on which everything depends: the cursor that a client says it holds. */
final class Since {
  private static final String FIELD = "since";
  private static final int MAX_DIGITS = 19;

  private Since() {}

  /**
   * The cursor; empty only if the field is absent. Any other value is refused, so that nothing is
   * joined by guess.
   */
  static OptionalLong of(FrameFields fields) {
    if (!fields.has(FIELD)) {
      return OptionalLong.empty();
    }
    OptionalLong cursor = OptionalLong.empty();
    if (fields.numbers().containsKey(FIELD)) {
      cursor = parse(fields.numbers().get(FIELD));
    } else if (fields.values().get(FIELD) instanceof JsonString text) {
      cursor = parse(text.getString());
    }
    if (cursor.isEmpty()) {
      throw new BadFrameException(
          ErrorCode.INVALID_SINCE,
          "Invalid 'since' cursor: "
              + fields.describe(FIELD)
              + "; it must be an integer or a string of digits, from 0 to "
              + Long.MAX_VALUE
              + ".");
    }
    return cursor;
  }

  /** Accepts only digits 0 to 9, up to 2^63-1. Any number of leading zeros changes nothing. */
  static OptionalLong parse(String text) {
    if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    int start = 0;
    while (start < text.length() - 1 && text.charAt(start) == '0') {
      start++;
    }
    String digits = text.substring(start);
    boolean fits =
        digits.length() < MAX_DIGITS
            || (digits.length() == MAX_DIGITS && digits.compareTo("9223372036854775807") <= 0);
    return fits ? OptionalLong.of(Long.parseLong(digits)) : OptionalLong.empty();
  }
}
