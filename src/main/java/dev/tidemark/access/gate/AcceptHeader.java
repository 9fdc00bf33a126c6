package dev.tidemark.access.gate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The header {@code Accept}, RFC 9110, 12.5.1. */
final class AcceptHeader {
  private static final Pattern WEIGHT = Pattern.compile(";\\s*[qQ]\\s*=([^;]*)");

  private AcceptHeader() {}

  /**
   * Whether a caller takes JSON: the range that names it most closely says its weight.
   *
   * @throws IllegalArgumentException with a text for the caller, if a weight is none
   */
  static boolean allowsJson(String text) {
    int closest = 0;
    float weight = text.isBlank() ? 1 : 0;
    for (String range : text.split(",", -1)) {
      int closeness = closeness(ApiHeaders.typeOf(range));
      float ofRange = weight(range);
      if (closeness > closest) {
        closest = closeness;
        weight = ofRange;
      } else if (closeness == closest && closeness > 0) {
        weight = Math.max(weight, ofRange);
      }
    }
    return weight > 0;
  }

  private static int closeness(String type) {
    return switch (type) {
      case ApiHeaders.JSON -> 3;
      case "application/*" -> 2;
      case "*/*", "*" -> 1;
      default -> 0;
    };
  }

  private static float weight(String range) {
    Matcher weight = WEIGHT.matcher(range);
    return weight.find() ? requireWeight(weight.group(1)) : 1;
  }

  private static float requireWeight(String text) {
    float weight;
    try {
      weight = Float.parseFloat(text.strip());
    } catch (NumberFormatException e) {
      weight = Float.NaN;
    }
    if (!(weight <= 1)) {
      throw new IllegalArgumentException("The header Accept cannot be parsed.");
    }
    return weight;
  }
}
