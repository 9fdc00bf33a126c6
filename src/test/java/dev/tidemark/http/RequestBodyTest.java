package dev.tidemark.http;

import static dev.tidemark.http.Requests.assertRefused;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading of request bodies: length, encoding and fields, for all resources. */
final class RequestBodyTest {
  @Test
  void asManyBytesAsAreAllowedAreReadAndNotOneMore() throws IOException {
    assertEquals("é12", RequestBody.text(stream("é12"), 4));
    assertRefused(413, "payload_too_large", () -> RequestBody.text(stream("é123"), 4));
  }

  @Test
  void noMoreIsTakenFromTheClientThanItTakesToRefuseIt() throws IOException {
    InputStream longBody = stream("a".repeat(1_000));
    assertRefused(413, "payload_too_large", () -> RequestBody.text(longBody, 99));
    assertEquals(900, longBody.available(), "bytes that were not read");
  }

  @Test
  void whatIsNotUtf8IsRefusedAndNotReplaced() {
    byte[] latin = "{\"why\":\"Ärger\"}".getBytes(ISO_8859_1);
    assertRefused(
        400, "invalid_request", () -> RequestBody.text(new ByteArrayInputStream(latin), 100));
    byte[] cut = {'"', (byte) 0xc3};
    assertRefused(
        400, "invalid_request", () -> RequestBody.text(new ByteArrayInputStream(cut), 100));
    byte[] surrogate = {(byte) 0xed, (byte) 0xa0, (byte) 0x80};
    assertRefused(
        400, "invalid_request", () -> RequestBody.text(new ByteArrayInputStream(surrogate), 100));
  }

  @Test
  void aBodyThatEndsEarlyIsTheCallersFault() throws IOException {
    InputStream closed = InputStream.nullInputStream();
    closed.close();
    assertRefused(400, "invalid_request", () -> RequestBody.json(closed, 100));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "1", "null", "{", "{\"a\":}", "nonsense"})
  void whatIsNotOneJsonObjectIsRefused(String body) {
    assertRefused(400, "invalid_request", () -> RequestBody.json(stream(body), 100));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"why\":\"a\",\"why\":\"b\"}",
        "{\"x\":{\"a\":1,\"a\":2}}",
        "{} {}",
        "{\"x\":1e9999}"
      })
  void anObjectIsReadAsStrictlyAsAFrame(String body) {
    assertRefused(400, "invalid_request", () -> RequestBody.json(stream(body), 100));
  }

  @Test
  void anObjectThatIsNestedTooDeeplyIsRefused() {
    String deep = "{\"why\":" + "[".repeat(3_000) + "]".repeat(3_000) + "}";
    assertRefused(400, "invalid_request", () -> RequestBody.json(stream(deep), 10_000));
  }

  @Test
  void aFieldThatIsAbsentOrNullIsNothing() throws IOException {
    RequestBody body = RequestBody.json(stream("{\"why\":null}"), 100);
    assertEquals(Optional.empty(), body.printable("why", 10));
    assertEquals(Optional.empty(), body.printable("principal", 10));
  }

  @Test
  void aFieldIsAsLongAsItMayBeInCharacters() throws IOException {
    String waves = "\ud83c\udf0a".repeat(10);
    RequestBody body = RequestBody.json(stream("{\"why\":\"" + waves + "\"}"), 1_000);
    assertEquals(Optional.of(waves), body.printable("why", 10));
    assertRefused(400, "invalid_request", () -> body.printable("why", 9));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\" \"", "\"a\\u0000b\"", "\"a\\nb\"", "\"\\ud800\"", "1", "{}"})
  void aFieldThatWouldSpoilARecordIsRefused(String value) throws IOException {
    RequestBody body = RequestBody.json(stream("{\"why\":" + value + "}"), 100);
    assertRefused(400, "invalid_request", () -> body.printable("why", 10));
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }
}
