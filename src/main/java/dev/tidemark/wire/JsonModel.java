package dev.tidemark.wire;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.io.StringReader;

/**
 * JSON as a tree of values, for code that looks into it; JSON that is only passed on stays text,
 * see {@link JsonText}. The platform's provider is looked up once: {@code jakarta.json.Json}
 * searches the class path for it at every call, one thread at a time.
 */
public final class JsonModel {
  static final JsonProvider PROVIDER = JsonProvider.provider();

  private static final JsonReaderFactory READERS =
      PROVIDER.createReaderFactory(ParserBuffers.configuration());

  private JsonModel() {}

  /** Reads one value from a text that is known to be JSON. */
  public static JsonValue parse(String json) {
    try (JsonReader reader = READERS.createReader(new StringReader(json))) {
      return reader.readValue();
    }
  }

  /**
   * Reads the body of a request, as strictly as a frame: one object, no name twice, nothing after
   * it, neither deep nor with huge numbers.
   *
   * @throws BadFrameException if it is anything else
   */
  public static JsonObject parseBody(String json) {
    return FrameReader.readWholeBody(json);
  }

  public static JsonString string(String value) {
    return PROVIDER.createValue(value);
  }

  /** A builder of a new object. */
  public static JsonObjectBuilder object() {
    return PROVIDER.createObjectBuilder();
  }

  /** A builder of a copy. */
  public static JsonObjectBuilder object(JsonObject original) {
    return PROVIDER.createObjectBuilder(original);
  }

  /** Merges a patch into a value by RFC 7396. */
  public static JsonValue merged(JsonValue target, JsonObject patch) {
    return PROVIDER.createMergePatch(patch).apply(target);
  }
}
