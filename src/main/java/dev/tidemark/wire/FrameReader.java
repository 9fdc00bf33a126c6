package dev.tidemark.wire;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
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
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads the text of one frame into its {@link FrameFields}, or the body of a request, strictly.
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

  private static final Pattern SMALL = Pattern.compile("-?[0-9]{1,9}");

  private static final JsonParserFactory PARSERS =
      JsonModel.PROVIDER.createParserFactory(ParserBuffers.configuration());
  private static final JsonBuilderFactory BUILDERS =
      JsonModel.PROVIDER.createBuilderFactory(Map.of());

  private final JsonParser parser;
  private final String what;
  private int depth;

  private FrameReader(JsonParser parser, String what) {
    this.parser = parser;
    this.what = what;
  }

  /** Reads a frame. */
  static FrameFields read(String text) {
    return read(text, "frame", FrameReader::fields);
  }

  /** Reads the body of a request, as strictly as a frame. */
  static FrameFields readBody(String text) {
    return read(text, "body", FrameReader::fields);
  }

  /** Reads the body of a request as a whole, as strictly as a frame. */
  static JsonObject readWholeBody(String text) {
    return read(text, "body", FrameReader::object);
  }

  /** Finds a text among the fields of a frame, without building any of the others. */
  static Optional<String> topLevelText(String text, String field) {
    try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
      if (parser.next() != Event.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.hasNext() && parser.next() == Event.KEY_NAME) {
        boolean wanted = parser.getString().equals(field);
        Event value = parser.next();
        if (wanted && value == Event.VALUE_STRING) {
          return Optional.of(parser.getString());
        } else if (value == Event.START_OBJECT) {
          parser.skipObject();
        } else if (value == Event.START_ARRAY) {
          parser.skipArray();
        }
      }
      return Optional.empty();
    } catch (JsonException | NoSuchElementException e) {
      return Optional.empty();
    }
  }

  private static <T> T read(String text, String what, Function<FrameReader, T> content) {
    try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
      if (parser.next() != Event.START_OBJECT) {
        throw invalid("A " + what + " is a JSON object, not an array or a single value.");
      }
      T object = content.apply(new FrameReader(parser, what));
      if (parser.hasNext()) {
        throw badJson("Something follows the " + what + "; send one JSON object.");
      }
      return object;
    } catch (JsonException | NoSuchElementException e) {
      throw badJson("The " + what + " is not well-formed JSON; send one JSON object.");
    }
  }

  private FrameFields fields() {
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

  private JsonObject object() {
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
    return names.isEmpty() ? JsonValue.EMPTY_JSON_OBJECT : object.build();
  }

  private JsonValue array() {
    enter();
    Event first = parser.next();
    JsonArrayBuilder array = BUILDERS.createArrayBuilder();
    for (Event event = first; event != Event.END_ARRAY; event = parser.next()) {
      array.add(value(event));
    }
    depth--;
    return first == Event.END_ARRAY ? JsonValue.EMPTY_JSON_ARRAY : array.build();
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw invalid(
          "The " + what + " is nested too deeply; at most " + MAX_DEPTH + " levels are allowed.");
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
    return SMALL.matcher(lexeme).matches()
        ? JsonModel.PROVIDER.createValue(Integer.parseInt(lexeme)) // a third of the heap
        : JsonModel.PROVIDER.createValue(new BigDecimal(lexeme));
  }

  private static int digitsFrom(String lexeme, int start) {
    boolean signed = lexeme.charAt(start) == '+' || lexeme.charAt(start) == '-';
    return lexeme.length() - start - (signed ? 1 : 0);
  }

  private static BadFrameException twice(String name) {
    return invalid("The field " + FrameFields.excerpt(name) + " is given twice.");
  }

  private static BadFrameException badJson(String message) {
    return new BadFrameException(ErrorCode.BAD_JSON, message);
  }

  private static BadFrameException invalid(String message) {
    return new BadFrameException(ErrorCode.INVALID_FRAME, message);
  }
}
