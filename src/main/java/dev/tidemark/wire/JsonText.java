package dev.tidemark.wire;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/**
 * Writes one JSON object, field by field, in the order of the calls. It is not a {@link JsonModel},
 * because payloads come in as text and go out as the same text (R3).
 */
public final class JsonText {
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder out;
  private boolean first = true;

  JsonText(int capacity) {
    this(new StringBuilder(capacity));
  }

  /** Appends to the given text. */
  JsonText(StringBuilder out) {
    this.out = out.append('{');
  }

  /** The beginning of an object. */
  public static JsonText object() {
    return new JsonText(256);
  }

  /** The beginning of a frame: an object whose first field is its type. */
  static JsonText frame(String type) {
    return object().text("type", type);
  }

  public JsonText text(String name, String value) {
    quote(name(name), value);
    return this;
  }

  /** A text without characters to escape: a name of the protocol or a UUID. */
  JsonText plain(String name, String value) {
    name(name).append('"').append(value).append('"');
    return this;
  }

  public JsonText number(String name, long value) {
    name(name).append(value);
    return this;
  }

  public JsonText flag(String name, boolean value) {
    name(name).append(value);
    return this;
  }

  /** A time in UTC, always with six digits of a second, as the database keeps it. */
  JsonText time(String name, Instant value) {
    Timestamps.write(name(name).append('"'), value);
    out.append('"');
    return this;
  }

  /** JSON text, kept as it is. */
  public JsonText json(String name, String value) {
    name(name).append(value);
    return this;
  }

  /** An array of JSON texts. */
  JsonText array(String name, List<String> values) {
    return array(name, values, value -> value);
  }

  /** An array of JSON texts, each made only when it is appended. */
  <T> JsonText array(String name, List<T> items, Function<T, String> encode) {
    name(name).append('[');
    String separator = "";
    for (T item : items) {
      out.append(separator).append(encode.apply(item));
      separator = ",";
    }
    out.append(']');
    return this;
  }

  public String end() {
    close();
    return out.toString();
  }

  /** Ends an object that was appended to other text. */
  void close() {
    out.append('}');
  }

  /** A text as a JSON string, with its quotes. */
  static String quoted(String value) {
    StringBuilder out = new StringBuilder(value.length() + 2);
    quote(out, value);
    return out.toString();
  }

  private StringBuilder name(String name) {
    if (!first) {
      out.append(',');
    }
    first = false;
    return out.append('"').append(name).append("\":");
  }

  /** Most texts have nothing to escape and are copied as a whole. */
  private static void quote(StringBuilder out, String value) {
    out.append('"');
    int copied = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20
          || c == '"'
          || c == '\\'
          || (Character.isSurrogate(c) && isLoneSurrogate(value, i))) { // those have no UTF-8
        escape(out.append(value, copied, i), c);
        copied = i + 1;
      }
    }
    out.append(value, copied, value.length()).append('"');
  }

  private static void escape(StringBuilder out, char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          out.append(HEX.charAt(c >> shift & 0xf));
        }
      }
    }
  }

  /** Whether the character at that index is half of a pair whose other half is missing. */
  static boolean isLoneSurrogate(String value, int index) {
    char c = value.charAt(index);
    if (Character.isHighSurrogate(c)) {
      return index + 1 == value.length() || !Character.isLowSurrogate(value.charAt(index + 1));
    }
    return Character.isLowSurrogate(c)
        && (index == 0 || !Character.isHighSurrogate(value.charAt(index - 1)));
  }
}
