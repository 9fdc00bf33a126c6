package dev.tidemark.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.wire.BadFrameException;
import dev.tidemark.wire.JsonModel;
import dev.tidemark.wire.Name;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;

/**
 * Reads all request bodies. It takes no more bytes than allowed, and refuses a body that is not
 * UTF-8 instead of replacing characters: what is read is what was sent.
 */
final class RequestBody {
  private static final int MAX_ADMIN_ACTION_BYTES = 8_192;
  private static final int MAX_REASON_LENGTH = 500;

  private final JsonObject json;

  private RequestBody(JsonObject json) {
    this.json = json;
  }

  /**
   * Reads the body of an administrator's action.
   *
   * @throws ProblemException if {@link #json} refuses it
   */
  static RequestBody adminAction(InputStream stream) {
    return json(stream, MAX_ADMIN_ACTION_BYTES);
  }

  /**
   * Reads one JSON object, as strictly as a frame.
   *
   * @throws ProblemException if the body is no JSON object, or {@link #text} refuses it
   */
  static RequestBody json(InputStream stream, long maxBytes) {
    try {
      return new RequestBody(JsonModel.parseBody(text(stream, maxBytes)));
    } catch (BadFrameException e) {
      throw ProblemException.invalid(e.getMessage());
    }
  }

  /**
   * Reads a text.
   *
   * @throws ProblemException if it has more than {@code maxBytes} (413), is not UTF-8 or ends early
   *     (400)
   */
  static String text(InputStream stream, long maxBytes) {
    byte[] bytes = bytes(stream, Math.toIntExact(maxBytes + 1));
    if (bytes.length > maxBytes) {
      throw ProblemException.tooLarge("The body may have at most " + maxBytes + " bytes.");
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw ProblemException.invalid("The body has to be UTF-8.");
    }
  }

  private static byte[] bytes(InputStream stream, int max) {
    try {
      return stream.readNBytes(max);
    } catch (IOException e) { // the client's doing: nothing for the log, and mostly nobody to tell
      throw ProblemException.invalid("The body ended early.");
    }
  }

  /** The administrator's reason, which the records keep. */
  Optional<String> why() {
    return printable("why", MAX_REASON_LENGTH);
  }

  /**
   * A text of the object, fit for records: neither blank nor long, and without control characters.
   *
   * @param maxLength the greatest length in Unicode characters
   * @return empty if there is no such field
   * @throws ProblemException if the field is anything else
   */
  Optional<String> printable(String field, int maxLength) {
    JsonValue value = json.get(field);
    if (value == null || value == JsonValue.NULL) {
      return Optional.empty();
    }
    if (value instanceof JsonString string
        && Name.isPrintable(string.getString())
        && !Name.isLonger(string.getString(), maxLength)) {
      return Optional.of(string.getString());
    }
    throw ProblemException.invalid(
        "'%s' has to be a text of 1 to %d characters, without control characters."
            .formatted(field, maxLength));
  }
}
