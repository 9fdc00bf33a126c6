package dev.tidemark.wire;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.JsonValue.ValueType;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Decodes the text of a client into a {@link ClientFrame}, or says what is wrong with it.
 *
 * <p>Every text gives a frame or a {@link BadFrameException}, in time that grows with its length.
 * Fields that the protocol does not know are ignored.
 */
public final class FrameDecoder {
  /** The decoder of each type of frame: the one list of the frames that a client may send. */
  private static final Map<String, Function<FrameFields, ClientFrame>> DECODERS =
      new LinkedHashMap<>();

  static {
    DECODERS.put("hello", FrameDecoder::hello);
    DECODERS.put("join", FrameDecoder::join);
    DECODERS.put("message", FrameDecoder::message);
    DECODERS.put("abort", FrameDecoder::abort);
    DECODERS.put("leave", fields -> new Leave());
    DECODERS.put("ping", fields -> new Ping());
    DECODERS.put("pong", fields -> new Pong());
    DECODERS.put("auth", FrameDecoder::auth);
  }

  /** The types of a client's frames: the {@code methods} of {@code hello_ok}, in order. */
  static final List<String> TYPES = List.copyOf(DECODERS.keySet());

  static final int MAX_ID_LENGTH = 128;
  static final int MAX_REASON_LENGTH = 500;
  static final int MAX_TOKEN_LENGTH = 16_384;

  private static final Pattern SESSION_ID = Pattern.compile("[A-Za-z0-9._:@-]{1,128}");
  private static final Pattern VERSION = Pattern.compile("0|[1-9][0-9]{0,8}");

  private FrameDecoder() {}

  /**
   * Decodes one text message.
   *
   * @throws BadFrameException if it is not a frame that a client may send
   */
  public static ClientFrame decode(String text) {
    FrameFields fields = FrameReader.read(text);
    String allowed = "one of " + TYPES;
    String type =
        fields
            .optional("type", ValueType.STRING, ErrorCode.INVALID_FRAME, allowed)
            .map(value -> ((JsonString) value).getString())
            .orElseThrow(() -> FrameFields.missing("type", allowed, ErrorCode.INVALID_FRAME));
    Function<FrameFields, ClientFrame> decoder = DECODERS.get(type);
    if (decoder == null) {
      throw new BadFrameException(
          ErrorCode.UNKNOWN_FRAME,
          "Unknown frame type " + FrameFields.excerpt(type) + "; it must be " + allowed + ".");
    }
    return decoder.apply(fields);
  }

  /** The {@code message_id} of a text that is not decoded; empty if it has none. */
  public static Optional<String> messageId(String text) {
    return FrameReader.topLevelText(text, "message_id")
        .filter(id -> !id.isEmpty() && id.codePointCount(0, id.length()) <= MAX_ID_LENGTH);
  }

  /** A missing end of the range is version 1, or the given end if that would invert the range. */
  private static Hello hello(FrameFields fields) {
    OptionalInt min = version(fields, "protocol_min");
    OptionalInt max = version(fields, "protocol_max");
    int protocolMin = min.orElse(Math.min(1, max.orElse(1)));
    int protocolMax = max.orElse(Math.max(1, protocolMin));
    if (protocolMin > protocolMax) {
      throw new BadFrameException(
          ErrorCode.INVALID_FRAME, "The field 'protocol_min' is greater than 'protocol_max'.");
    }
    return new Hello(protocolMin, protocolMax, join(fields));
  }

  private static OptionalInt version(FrameFields fields, String name) {
    if (!fields.has(name)) {
      return OptionalInt.empty();
    }
    String number = fields.numbers().getOrDefault(name, "");
    if (!VERSION.matcher(number).matches()) {
      throw new BadFrameException(
          ErrorCode.INVALID_FRAME,
          "The field '"
              + name
              + "' is "
              + fields.describe(name)
              + "; it must be an integer from 0 to 999999999.");
    }
    return OptionalInt.of(Integer.parseInt(number));
  }

  private static Join join(FrameFields fields) {
    return new Join(
        sessionId(fields),
        fields.text("agent_id", 1, Name.MAX_LENGTH, ErrorCode.INVALID_FRAME),
        fields.flag("create"),
        Since.of(fields),
        fields.text("epoch", 1, MAX_ID_LENGTH, ErrorCode.INVALID_FRAME),
        fields.flag("snapshot"),
        capabilities(fields));
  }

  private static Optional<String> sessionId(FrameFields fields) {
    String allowed = "1 to " + MAX_ID_LENGTH + " of the characters A-Z a-z 0-9 . _ : @ -";
    Optional<String> id =
        fields
            .optional("session_id", ValueType.STRING, ErrorCode.INVALID_SESSION_ID, allowed)
            .map(value -> ((JsonString) value).getString());
    if (id.isPresent() && !SESSION_ID.matcher(id.get()).matches()) {
      throw new BadFrameException(
          ErrorCode.INVALID_SESSION_ID,
          "The field 'session_id' is "
              + fields.describe("session_id")
              + "; it must be "
              + allowed
              + ".");
    }
    return id;
  }

  private static Set<Capability> capabilities(FrameFields fields) {
    String allowed = "an array of texts";
    Set<Capability> known = EnumSet.noneOf(Capability.class);
    fields
        .optional("capabilities", ValueType.ARRAY, ErrorCode.INVALID_FRAME, allowed)
        .ifPresent(
            array -> {
              for (JsonValue element : array.asJsonArray()) {
                if (!(element instanceof JsonString name)) {
                  throw new BadFrameException(
                      ErrorCode.INVALID_FRAME,
                      "The field 'capabilities' holds something else than text; it must be "
                          + allowed
                          + ".");
                }
                Capability.named(name.getString()).ifPresent(known::add);
              }
            });
    return known;
  }

  private static Abort abort(FrameFields fields) {
    return new Abort(fields.text("reason", 0, MAX_REASON_LENGTH, ErrorCode.INVALID_FRAME));
  }

  private static Auth auth(FrameFields fields) {
    return new Auth(fields.requiredText("token", 1, MAX_TOKEN_LENGTH));
  }

  private static Message message(FrameFields fields) {
    JsonObject metadata =
        fields
            .optional("metadata", ValueType.OBJECT, ErrorCode.INVALID_MESSAGE, "an object")
            .map(JsonValue::asJsonObject)
            .orElse(JsonValue.EMPTY_JSON_OBJECT);
    StorableText.require("metadata", metadata, ErrorCode.INVALID_MESSAGE);
    return new Message(
        content(fields),
        fields.text("message_id", 1, MAX_ID_LENGTH, ErrorCode.INVALID_MESSAGE),
        metadata);
  }

  private static JsonValue content(FrameFields fields) {
    String allowed = "text or an object, not empty";
    if (!fields.has("content")) {
      throw FrameFields.missing("content", allowed, ErrorCode.INVALID_MESSAGE);
    }
    JsonValue content = fields.values().get("content");
    boolean allowedType =
        (content instanceof JsonString text && !text.getString().isEmpty())
            || (content instanceof JsonObject object && !object.isEmpty());
    if (!allowedType) {
      throw new BadFrameException(
          ErrorCode.INVALID_MESSAGE,
          "The field 'content' is " + fields.describe("content") + "; it must be " + allowed + ".");
    }
    StorableText.require("content", content, ErrorCode.INVALID_MESSAGE);
    return content;
  }
}
