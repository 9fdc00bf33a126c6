package dev.tidemark.wire;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonException;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Reads the text of one frame into its {@link FrameFields}, strictly.
 *
 * <p>It takes the parser's tokens one at a time rather than the parser's own model: a model keeps
 * the last of two equal names, and accepts any depth and any number from a stranger.
 */
final class FrameReader {
  /** The depth of nested objects and arrays, the frame itself counted. */
  static final int MAX_DEPTH = 64;

  /**
   * No client and no database would read back a longer number, or one whose exponent has more than
   * three digits.
   */
  static final int MAX_NUMBER_LENGTH = 64;

  private static final int MAX_EXPONENT_DIGITS = 3;

  private static final JsonParserFactory PARSERS = JsonModel.PROVIDER.createParserFactory(Map.of());
  private static final JsonBuilderFactory BUILDERS =
      JsonModel.PROVIDER.createBuilderFactory(Map.of());

  private final JsonParser parser;
  private int depth;

  private FrameReader(JsonParser parser) {
    this.parser = parser;
  }

  static FrameFields read(String text) {
    try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
      return new FrameReader(parser).frame();
    } catch (JsonException | NoSuchElementException e) {
      throw new BadFrameException(
          ErrorCode.BAD_JSON,
          "The frame is not well-formed JSON; each text message is one JSON object.");
    }
  }

  private FrameFields frame() {
    if (parser.next() != Event.START_OBJECT) {
      throw invalid("A frame is a JSON object, not an array or a single value.");
    }
    enter();
    Map<String, JsonValue> values = new HashMap<>();
    Map<String, String> numbers = new HashMap<>();
    for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
      String name = parser.getString();
      if (values.containsKey(name) || numbers.containsKey(name)) {
        throw twice(name);
      }
      Event value = parser.next();
      if (value == Event.VALUE_NUMBER) {
        numbers.put(name, parser.getString());
      } else {
        values.put(name, value(value));
      }
    }
    if (parser.hasNext()) {
      throw new BadFrameException(
          ErrorCode.BAD_JSON, "Something follows the frame; each text message is one JSON object.");
    }
    return new FrameFields(values, numbers);
  }

  private JsonValue value(Event event) {
    return switch (event) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> JsonModel.string(parser.getString());
      case VALUE_NUMBER -> number(parser.getString());
      case VALUE_TRUE -> JsonValue.TRUE;
      case VALUE_FALSE -> JsonValue.FALSE;
      case VALUE_NULL -> JsonValue.NULL;
      case KEY_NAME, END_OBJECT, END_ARRAY ->
          throw new IllegalStateException("The parser gave " + event + " where a value begins");
    };
  }

  private JsonValue object() {
    enter();
    JsonObjectBuilder object = BUILDERS.createObjectBuilder();
    Set<String> names = new HashSet<>();
    for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
      String name = parser.getString();
      if (!names.add(name)) {
        throw twice(name);
      }
      object.add(name, value(parser.next()));
    }
    depth--;
    return object.build();
  }

  private JsonValue array() {
    enter();
    JsonArrayBuilder array = BUILDERS.createArrayBuilder();
    for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
      array.add(value(event));
    }
    depth--;
    return array.build();
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw invalid(
          "The frame is nested too deeply; at most " + MAX_DEPTH + " levels are allowed.");
    }
  }

  private static JsonValue number(String lexeme) {
    int exponent = Math.max(lexeme.indexOf('e'), lexeme.indexOf('E'));
    if (lexeme.length() > MAX_NUMBER_LENGTH
        || (exponent >= 0 && digitsFrom(lexeme, exponent + 1) > MAX_EXPONENT_DIGITS)) {
      throw invalid(
          "A number is too large; at most "
              + MAX_NUMBER_LENGTH
              + " characters, with an exponent of at most "
              + MAX_EXPONENT_DIGITS
              + " digits, are allowed. Send it as text.");
    }
    return JsonModel.PROVIDER.createValue(new BigDecimal(lexeme));
  }

  private static int digitsFrom(String lexeme, int start) {
    boolean signed = lexeme.charAt(start) == '+' || lexeme.charAt(start) == '-';
    return lexeme.length() - start - (signed ? 1 : 0);
  }

  private static BadFrameException twice(String name) {
    return invalid("The field " + FrameFields.excerpt(name) + " is given twice.");
  }

  private static BadFrameException invalid(String message) {
    return new BadFrameException(ErrorCode.INVALID_FRAME, message);
  }
}
