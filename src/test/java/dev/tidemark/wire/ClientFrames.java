package dev.tidemark.wire;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Generates every frame that a client may send, and writes it as a client would. */
final class ClientFrames {
  private static final Arbitrary<String> TEXT =
      Arbitraries.strings()
          .withCharRange('\u0001', '\ud7ff')
          .withCharRange('\ue000', '\uffff')
          .ofMaxLength(40)
          .map(text -> text + "\ud83c\udf0a");

  private ClientFrames() {}

  static Arbitrary<ClientFrame> all() {
    Arbitrary<ClientFrame> any =
        Arbitraries.oneOf(
            joins(),
            Combinators.combine(
                    Arbitraries.integers().between(0, 9),
                    Arbitraries.integers().between(0, 9),
                    joins())
                .as((a, b, join) -> new Hello(Math.min(a, b), Math.max(a, b), join)),
            Combinators.combine(content(), TEXT.optional(), objects(3).map(JsonValue::asJsonObject))
                .as(Message::new),
            TEXT.optional().map(Abort::new),
            TEXT.map(Auth::new),
            Arbitraries.of(new Leave(), new Ping(), new Pong()));
    return any.withoutEdgeCases();
  }

  private static Arbitrary<Join> joins() {
    Arbitrary<OptionalLong> since =
        Arbitraries.longs()
            .greaterOrEqual(0)
            .optional()
            .map(n -> n.map(OptionalLong::of).orElseGet(OptionalLong::empty));
    return Combinators.combine(
            Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('A', 'Z')
                .numeric()
                .withChars("._:@-")
                .ofMinLength(1)
                .ofMaxLength(128)
                .optional(),
            TEXT.optional(),
            Arbitraries.of(true, false),
            since,
            TEXT.optional(),
            Arbitraries.of(true, false),
            Arbitraries.of(Capability.class).set())
        .as(Join::new);
  }

  private static Arbitrary<JsonValue> content() {
    return Arbitraries.oneOf(
        TEXT.map(Json::createValue), objects(3).filter(o -> !o.asJsonObject().isEmpty()));
  }

  private static Arbitrary<JsonValue> objects(int depth) {
    return Arbitraries.maps(TEXT, values(depth - 1)).ofMaxSize(3).map(ClientFrames::object);
  }

  private static Arbitrary<JsonValue> values(int depth) {
    Arbitrary<JsonValue> leaf =
        Arbitraries.oneOf(
            TEXT.map(Json::createValue),
            Arbitraries.longs().map(Json::createValue),
            decimals().map(Json::createValue),
            Arbitraries.of(JsonValue.TRUE, JsonValue.FALSE, JsonValue.NULL));
    if (depth == 0) {
      return leaf;
    }
    Arbitrary<JsonValue> array =
        values(depth - 1).list().ofMaxSize(3).map(list -> Json.createArrayBuilder(list).build());
    return Arbitraries.oneOf(leaf, array, objects(depth));
  }

  private static Arbitrary<BigDecimal> decimals() {
    return Combinators.combine(Arbitraries.longs(), Arbitraries.integers().between(-300, 300))
        .as(BigDecimal::valueOf);
  }

  private static JsonObject object(Map<String, JsonValue> fields) {
    JsonObjectBuilder object = Json.createObjectBuilder();
    fields.forEach(object::add);
    return object.build();
  }

  /** Writes the frame as a client does; absent fields and defaults are left out. */
  static String write(ClientFrame frame) {
    JsonObjectBuilder json = Json.createObjectBuilder();
    if (frame instanceof Hello hello) {
      json.add("type", "hello");
      json.add("protocol_min", hello.protocolMin()).add("protocol_max", hello.protocolMax());
      write(json, hello.join());
    } else if (frame instanceof Join join) {
      json.add("type", "join");
      write(json, join);
    } else if (frame instanceof Message message) {
      json.add("type", "message").add("content", message.content());
      message.messageId().ifPresent(id -> json.add("message_id", id));
      if (!message.metadata().isEmpty()) {
        json.add("metadata", message.metadata());
      }
    } else if (frame instanceof Abort abort) {
      json.add("type", "abort");
      abort.reason().ifPresent(reason -> json.add("reason", reason));
    } else if (frame instanceof Auth auth) {
      json.add("type", "auth").add("token", auth.token());
    } else {
      json.add("type", frame.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    }
    return json.build().toString();
  }

  private static void write(JsonObjectBuilder json, Join join) {
    join.sessionId().ifPresent(id -> json.add("session_id", id));
    join.agentId().ifPresent(id -> json.add("agent_id", id));
    join.since().ifPresent(since -> json.add("since", since));
    join.epoch().ifPresent(epoch -> json.add("epoch", epoch));
    if (join.create()) {
      json.add("create", true);
    }
    if (join.snapshot()) {
      json.add("snapshot", true);
    }
    if (!join.capabilities().isEmpty()) {
      var names = Json.createArrayBuilder().add("teleport");
      join.capabilities().forEach(capability -> names.add(capability.wireName()));
      json.add("capabilities", names);
    }
  }

  /**
   * Writes a text as JSON, each character escaped: in this form a client can send any character,
   * even half a surrogate pair.
   */
  static String escaped(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.chars().forEach(c -> out.append(String.format(Locale.ROOT, "\\u%04x", c)));
    return out.append('"').toString();
  }
}
