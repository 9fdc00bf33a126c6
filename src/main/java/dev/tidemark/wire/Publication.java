package dev.tidemark.wire;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.json.JsonValue.ValueType;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * An event that a producer publishes by REST.
 *
 * @param eventId the producer's own id of the event; a repeat with the same id is taken once
 */
public record Publication(String type, JsonObject data, Optional<UUID> eventId) {
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /**
   * Reads a publication, as strictly as a frame.
   *
   * @throws BadFrameException if the text is not a publication
   */
  public static Publication read(String json) {
    FrameFields fields = FrameReader.readBody(json);
    JsonObject data =
        fields
            .optional("data", ValueType.OBJECT, ErrorCode.INVALID_FRAME, "an object")
            .orElseThrow(() -> FrameFields.missing("data", "an object", ErrorCode.INVALID_FRAME))
            .asJsonObject();
    StorableText.require("data", (JsonValue) data, ErrorCode.INVALID_FRAME);
    return new Publication(type(fields), data, eventId(fields));
  }

  private static String type(FrameFields fields) {
    String type = fields.requiredText("type", 1, FrameDecoder.MAX_ID_LENGTH);
    try {
      EventTypes.requireForProducers(type);
    } catch (IllegalArgumentException e) {
      throw new BadFrameException(ErrorCode.INVALID_FRAME, e.getMessage() + ".");
    }
    return type;
  }

  private static Optional<UUID> eventId(FrameFields fields) {
    return fields
        .text("event_id", 1, FrameDecoder.MAX_ID_LENGTH, ErrorCode.INVALID_FRAME)
        .map(
            id -> {
              if (!UUID_TEXT.matcher(id).matches()) {
                throw new BadFrameException(
                    ErrorCode.INVALID_FRAME, "The field 'event_id' is no UUID.");
              }
              return UUID.fromString(id);
            });
  }
}
