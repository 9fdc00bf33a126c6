package dev.tidemark.testing.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Validates frames against {@code docs/asyncapi.yaml}. {@link WireClient} and the browser's tests
 * do so with every frame that they receive, on any thread; the schemas are read once.
 */
public final class FrameSchema {
  /** The whole of {@code docs/asyncapi.yaml}. */
  public static final JsonNode DOCUMENT =
      read(Path.of(System.getProperty("basedir", ""), "docs", "asyncapi.yaml"));

  public static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final String ADDRESS = "https://tidemark.dev/asyncapi.json";
  private static final String IN_ASYNCAPI = "#/components/schemas/";
  private static final String IN_JSON_SCHEMA = "#/definitions/";
  private static final String CLIENT = "client-";
  private static final String SERVER = "server-";
  private static final String EVENT = "event-other";
  private static final Map<String, JsonSchema> SCHEMAS = schemas();

  private FrameSchema() {}

  /**
   * Checks a text that the gateway sent.
   *
   * @throws AssertionError with the reason, if the protocol has no such frame
   */
  public static void requireServerFrame(String text) {
    JsonNode frame = parse(text);
    String type = frame.path("type").asText();
    require(SCHEMAS.getOrDefault(SERVER + type, SCHEMAS.get(EVENT)), frame, text);
    requireOneNumber(frame, text);
  }

  /**
   * Checks a text that a client may send.
   *
   * @throws AssertionError with the reason, if the protocol has no such frame
   */
  public static void requireClientFrame(String text) {
    JsonNode frame = parse(text);
    JsonSchema schema = SCHEMAS.get(CLIENT + frame.path("type").asText());
    if (schema == null) {
      throw new AssertionError("No frame of a client has this type: " + text);
    }
    require(schema, frame, text);
  }

  /**
   * Checks rules that no schema can express: {@code seq} and {@code cursor} of an event are equal,
   * and a replay's are its event's; {@code from_seq} is there only where events were left out.
   */
  private static void requireOneNumber(JsonNode frame, String text) {
    JsonNode event = frame.path("type").asText().equals("replay") ? frame.path("event") : frame;
    if (frame.has("seq")
        && !(frame.get("seq").equals(event.path("seq"))
            && event.path("seq").equals(event.path("cursor")))) {
      throw new AssertionError("seq and cursor differ: " + text);
    }
    if (frame.has("from_seq") && frame.get("from_seq").asLong() >= frame.get("seq").asLong()) {
      throw new AssertionError("from_seq is not before seq: " + text);
    }
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("Not one JSON object (" + e.getOriginalMessage() + "): " + text, e);
    }
  }

  private static void require(JsonSchema schema, JsonNode frame, String text) {
    Set<ValidationMessage> mistakes = schema.validate(frame);
    if (!mistakes.isEmpty()) {
      throw new AssertionError("Not as docs/asyncapi.yaml says, " + mistakes + ": " + text);
    }
  }

  private static Map<String, JsonSchema> schemas() {
    ObjectNode definitions = DOCUMENT.at("/components/schemas").deepCopy();
    JsonNode messages = DOCUMENT.at("/components/messages");
    messages
        .properties()
        .forEach(message -> definitions.set(message.getKey(), message.getValue().get("payload")));
    String text = JSON.createObjectNode().set("definitions", definitions).toString();
    Map<String, String> document = Map.of(ADDRESS, text.replace(IN_ASYNCAPI, IN_JSON_SCHEMA));
    JsonSchemaFactory factory =
        JsonSchemaFactory.getInstance(
            VersionFlag.V7, it -> it.schemaLoaders(loaders -> loaders.schemas(document)));
    Map<String, JsonSchema> schemas = new HashMap<>();
    messages
        .fieldNames()
        .forEachRemaining(
            name -> {
              JsonSchema schema =
                  factory.getSchema(SchemaLocation.of(ADDRESS + IN_JSON_SCHEMA + name));
              schema.initializeValidators();
              schemas.put(name, schema);
            });
    return Map.copyOf(schemas);
  }

  private static JsonNode read(Path file) {
    try {
      return new YAMLMapper().readTree(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
