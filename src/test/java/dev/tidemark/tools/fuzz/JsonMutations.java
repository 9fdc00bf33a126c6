package dev.tidemark.tools.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Breaks the text of a frame or of a body as JSON: in depth, names, numbers, types, characters. */
final class JsonMutations {
  private static final Pattern FIELD = Pattern.compile("\"[a-z_]+\":");
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "-0",
          "1e400",
          "1e-999999999",
          "0x1",
          "01",
          "+1",
          ".5",
          "1.",
          "NaN",
          "[]",
          "{}",
          "\"\\ud800\"",
          "\"\\udc00\\ud800\"",
          "\"\\u0000\"",
          "\"\u0001\"",
          "\"\\x\"",
          "\"\\u12\"",
          "'single'",
          "\"unfinished",
          "\"\ufeff\"",
          "[[[",
          "{\"a\":1,\"a\":2}",
          "\"\ud83c\udf0a\"");

  private JsonMutations() {}

  static String of(Dice dice, String text) {
    String mutated = text;
    for (int i = dice.below(2); i >= 0; i--) {
      mutated = once(dice, mutated);
    }
    return mutated;
  }

  private static String once(Dice dice, String text) {
    return switch (dice.below(12)) {
      case 0 -> replaced(dice, text, deep(dice));
      case 1 -> replaced(dice, text, "9".repeat(dice.oneOf(20, 65, 5_000)));
      case 2 -> replaced(dice, text, "\"" + "\u00e9".repeat(dice.oneOf(129, 501, 7_000)) + "\"");
      case 3 -> text.replaceFirst("\\{", "{\"" + "n".repeat(dice.oneOf(1, 9_000)) + "\":1,");
      case 4 -> text.replaceFirst("\\{", "{\"type\":\"join\",");
      case 5 -> text.substring(0, dice.below(text.length() + 1));
      case 6 -> text + dice.oneOf("}", " {}", "\u0000", "\n\n", "//", ",");
      case 7 -> dice.oneOf("\ufeff", "[", " ", "\u2028", "/**/") + text;
      case 8 -> withoutOneCharacter(dice, text);
      default -> replaced(dice, text, dice.oneOf(VALUES));
    };
  }

  private static String deep(Dice dice) {
    int depth = dice.oneOf(63, 64, 65, 66, 4_000);
    return dice.onceIn(2)
        ? "[".repeat(depth) + "]".repeat(depth)
        : "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
  }

  private static String withoutOneCharacter(Dice dice, String text) {
    return text.isEmpty()
        ? "{"
        : new StringBuilder(text).deleteCharAt(dice.below(text.length())).toString();
  }

  /** Puts another value into one of the fields. */
  private static String replaced(Dice dice, String text, String value) {
    List<Integer> starts = new ArrayList<>();
    for (Matcher field = FIELD.matcher(text); field.find(); ) {
      starts.add(field.end());
    }
    if (starts.isEmpty()) {
      return value;
    }
    int start = dice.oneOf(starts);
    return text.substring(0, start) + value + text.substring(end(text, start));
  }

  /** Where the value ends that begins here. */
  private static int end(String text, int start) {
    int depth = 0;
    boolean quoted = false;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == '{' || c == '[')) {
        depth++;
      } else if (!quoted && (c == '}' || c == ']') && depth-- == 0) {
        return i;
      } else if (!quoted && c == ',' && depth == 0) {
        return i;
      }
    }
    return text.length();
  }
}
