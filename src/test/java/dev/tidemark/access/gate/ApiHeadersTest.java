package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a caller sends, the library for REST sees a few values. */
final class ApiHeadersTest {
  private final HeaderMap headers = new HeaderMap();

  private String simplified(HttpString name, String value) {
    headers.put(name, value);
    ApiHeaders.simplify(headers);
    return headers.getFirst(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json | application/json",
        "aPPlication/jSon; charset=UTF-8;aa=b | application/json",
        "application/x-www-form-urlencoded;charset=x | application/x-www-form-urlencoded",
        "text/plain | application/x-other",
        "multipart/form-data; boundary=\"a,b\" | application/x-other"
      })
  void aContentTypeIsOneOfThree(String sent, String seen) {
    assertEquals(seen, simplified(Headers.CONTENT_TYPE, sent));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/* | application/json",
        "'' | application/json",
        "text/html, application/xhtml+xml, */*;q=0.8 | application/json",
        "text/html, image/gif, *; q=.2, */*; q=.2 | application/json",
        "APPLICATION/*;v=1;Q=0.1 | application/json",
        "application/json;q=0, */* | application/x-other",
        "*/*, application/*;q=0.0 | application/x-other",
        "application/json, application/*;q=0 | application/json",
        "application/json;v=1;q=0, application/json | application/json",
        "text/html | application/x-other"
      })
  void whatIsAcceptedIsJsonOrNot(String sent, String seen) {
    assertEquals(seen, simplified(Headers.ACCEPT, sent));
  }

  @Test
  void severalLinesAreOneHeader() {
    headers.add(Headers.ACCEPT, "text/html");
    headers.add(Headers.ACCEPT, "*/*;q=0.1");
    ApiHeaders.simplify(headers);
    assertEquals(1, headers.get(Headers.ACCEPT).size());
    assertEquals("application/json", headers.getFirst(Headers.ACCEPT));
  }

  @Test
  void languagesAreNobodysBusiness() {
    headers.put(Headers.ACCEPT_LANGUAGE, "de, en;q=9");
    headers.put(new HttpString("content-language"), "de");
    ApiHeaders.simplify(headers);
    assertEquals(0, headers.size());
  }

  @Test
  void whatIsNotThereIsNotPutThere() {
    ApiHeaders.simplify(headers);
    assertFalse(headers.contains(Headers.ACCEPT));
    assertFalse(headers.contains(Headers.CONTENT_TYPE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Type | garbage",
        "Content-Type | application/",
        "Content-Type | ///;q=zz",
        "Accept | */*;q=x",
        "Accept | */*;q=NaN",
        "Accept | text/html, text/plain; q=2"
      })
  void whatCannotBeParsedIsRefused(String name, String value) {
    assertThrows(IllegalArgumentException.class, () -> simplified(new HttpString(name), value));
  }

  @Test
  void aHeaderHasALength() {
    String rest = "a".repeat(ApiHeaders.LONGEST - "application/json;".length());
    assertEquals("application/json", simplified(Headers.CONTENT_TYPE, "application/json;" + rest));
    assertThrows(
        IllegalArgumentException.class,
        () -> simplified(Headers.CONTENT_TYPE, "application/json;a" + rest));
  }
}
