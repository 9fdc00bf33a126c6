package dev.tidemark.testing.client;

import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * A frame that a client received.
 *
 * @param text frame as received over the wire
 * @param receivedNanos time of receipt in nanoseconds since 1970
 */
public record Frame(String text, JsonObject json, long receivedNanos) {
  static Frame of(String text) {
    Instant now = Instant.now();
    return of(text, now.getEpochSecond() * 1_000_000_000L + now.getNano());
  }

  private static Frame of(String text, long receivedNanos) {
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return new Frame(text, reader.readObject(), receivedNanos);
    }
  }

  public String type() {
    return json.getString("type");
  }

  public boolean is(String type) {
    return type().equals(type);
  }

  /** The frame's number, if it is sequenced: an event, live or replayed. */
  public OptionalLong seq() {
    return json.get("seq") instanceof JsonNumber seq
        ? OptionalLong.of(seq.longValueExact())
        : OptionalLong.empty();
  }

  /** The first number that the frame stands for: {@code from_seq}, or else its own number. */
  public OptionalLong firstSeq() {
    return json.get("from_seq") instanceof JsonNumber from
        ? OptionalLong.of(from.longValueExact())
        : seq();
  }

  /** The event within a replay frame, or the live frame itself. */
  public Frame event() {
    if (!is("replay")) {
      return this;
    }
    int start = text.indexOf("\"event\":") + "\"event\":".length();
    return of(text.substring(start, text.length() - 1), receivedNanos);
  }

  /** The payload of the event, as it came over the wire. */
  public String data() {
    Frame event = event();
    return event.text.substring(
        event.text.indexOf("\"data\":") + "\"data\":".length(), event.text.length() - 1);
  }

  public long number(String field) {
    return json.getJsonNumber(field).longValueExact();
  }

  /** A text field, or {@code null}. */
  public String string(String field) {
    return json.get(field) instanceof JsonString value ? value.getString() : null;
  }
}
