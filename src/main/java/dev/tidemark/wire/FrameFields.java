package dev.tidemark.wire;

import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.JsonValue.ValueType;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of one frame, with the checks that all frames share. {@code null} is a value and not
 * an absence: it is refused like any other value of the wrong type.
 *
 * @param values the fields that are not numbers
 * @param numbers the number fields, as they were written: {@code 1}, {@code 1.0} and {@code 1e0}
 *     are different
 */
record FrameFields(Map<String, JsonValue> values, Map<String, String> numbers) {
  private static final int EXCERPT_LENGTH = 32;

  boolean has(String name) {
    return values.containsKey(name) || numbers.containsKey(name);
  }

  /** The field's value, or nothing if the field is absent; another type is refused. */
  Optional<JsonValue> optional(String name, ValueType type, ErrorCode code, String allowed) {
    if (!has(name)) {
      return Optional.empty();
    }
    JsonValue value = values.get(name);
    if (value == null || value.getValueType() != type) {
      throw new BadFrameException(
          code, "The field '" + name + "' is " + describe(name) + "; it must be " + allowed + ".");
    }
    return Optional.of(value);
  }

  /**
   * A text of {@code min} to {@code max} characters that the database can keep, or nothing if the
   * field is absent.
   */
  Optional<String> text(String name, int min, int max, ErrorCode code) {
    String allowed = "text of " + min + " to " + max + " characters";
    Optional<String> text =
        optional(name, ValueType.STRING, code, allowed).map(v -> ((JsonString) v).getString());
    text.ifPresent(
        t -> {
          int length = t.codePointCount(0, t.length());
          if (length < min || length > max) {
            throw new BadFrameException(
                code,
                "The field '"
                    + name
                    + "' has "
                    + length
                    + " characters; it must be "
                    + allowed
                    + ".");
          }
          StorableText.require(name, t, code);
        });
    return text;
  }

  String requiredText(String name, int min, int max) {
    return text(name, min, max, ErrorCode.INVALID_FRAME)
        .orElseThrow(
            () ->
                missing(
                    name,
                    "text of " + min + " to " + max + " characters",
                    ErrorCode.INVALID_FRAME));
  }

  /** The field's value; {@code false} if the field is absent. */
  boolean flag(String name) {
    JsonValue value = values.get(name);
    if (has(name) && value != JsonValue.TRUE && value != JsonValue.FALSE) {
      throw new BadFrameException(
          ErrorCode.INVALID_FRAME,
          "The field '" + name + "' is " + describe(name) + "; it must be true or false.");
    }
    return value == JsonValue.TRUE;
  }

  static BadFrameException missing(String name, String allowed, ErrorCode code) {
    return new BadFrameException(
        code, "The field '" + name + "' is missing; it must be " + allowed + ".");
  }

  /**
   * Describes a field's value for a message to the client: its kind, and no more than an excerpt.
   */
  String describe(String name) {
    String number = numbers.get(name);
    if (number != null) {
      return "the number " + excerpt(number);
    }
    JsonValue value = values.get(name);
    return switch (value.getValueType()) {
      case STRING -> "the text " + excerpt(((JsonString) value).getString());
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case NUMBER, TRUE, FALSE, NULL -> value.toString();
    };
  }

  /**
   * The first characters of a client's text, in quotes, without characters that a log or a terminal
   * would act on.
   */
  static String excerpt(String text) {
    StringBuilder out = new StringBuilder("'");
    text.codePoints()
        .limit(EXCERPT_LENGTH)
        .map(c -> c < ' ' || c == 0x7f || !Character.isDefined(c) || isInvisible(c) ? '?' : c)
        .forEach(out::appendCodePoint);
    if (text.codePointCount(0, text.length()) > EXCERPT_LENGTH) {
      out.append('…');
    }
    return out.append('\'').toString();
  }

  private static boolean isInvisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
