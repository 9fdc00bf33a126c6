package dev.tidemark.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.wire.JsonModel;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.core.Response.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;

/** Reads what comes with a request: no more of it than is allowed, and only what fits. */
final class Body {
  private final JsonObject json;

  private Body(JsonObject json) {
    this.json = json;
  }

  /**
   * Reads one JSON object.
   *
   * @throws ClientErrorException that says what is wrong with it
   */
  static Body json(InputStream stream, int maxBytes) throws IOException {
    try {
      if (JsonModel.parse(text(stream, maxBytes)) instanceof JsonObject object) {
        return new Body(object);
      }
    } catch (JsonException e) {
      // as if it were another value
    }
    throw wrong("The body has to be one JSON object.");
  }

  /**
   * @throws ClientErrorException if it is longer than that, or not UTF-8
   */
  static String text(InputStream stream, int maxBytes) throws IOException {
    byte[] bytes = stream.readNBytes(maxBytes + 1);
    if (bytes.length > maxBytes) {
      throw new ClientErrorException(
          Failures.answer(
              Status.REQUEST_ENTITY_TOO_LARGE,
              "payload_too_large",
              "The body may have at most " + maxBytes + " bytes."));
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw wrong("The body has to be UTF-8.");
    }
  }

  /**
   * A text of the object that gets into records: neither blank, nor long, nor with characters that
   * are none.
   *
   * @return nothing if there is no such field
   */
  Optional<String> name(String field, int maxCharacters) {
    JsonValue value = json.get(field);
    if (value == null || value == JsonValue.NULL) {
      return Optional.empty();
    }
    if (value instanceof JsonString string) {
      String text = string.getString();
      if (!text.isBlank()
          && text.length() <= maxCharacters
          && text.codePoints().noneMatch(Body::isNoText)) {
        return Optional.of(text);
      }
    }
    throw wrong(
        "'%s' has to be a text of 1 to %d characters, without control characters."
            .formatted(field, maxCharacters));
  }

  private static boolean isNoText(int codePoint) {
    return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
  }

  /** What is to be thrown where a request is not what it should be. */
  static BadRequestException wrong(String message) {
    return new BadRequestException(Failures.answer(Status.BAD_REQUEST, "invalid_request", message));
  }
}
