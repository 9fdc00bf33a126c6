package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.RawRequest;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.watch.ServerProcess;
import java.io.IOException;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing of a stranger's headers is kept: neither by the library for REST nor by a connection. */
final class KeptHeadersIT {
  private static final int REQUESTS = 200;
  private static final long MOST_BYTES = 25L << 20;
  private static final String FORM = "application/x-www-form-urlencoded";

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway = Gateway.start("kept-headers", Map.of());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static long heapBytes() {
    return new ServerProcess(gateway.server().process().pid()).heapBytes();
  }

  private static RawRequest logOut(String... headers) throws IOException {
    return RawRequest.connect(gateway.server().uri("/"), "127.0.14.1")
        .head("POST /tidemark/api/backchannel-logout", headers)
        .send("logout_token=x");
  }

  private static void assertNothingIsKept(IntFunction<String> header) throws IOException {
    logOut("Content-Length: 14", "Content-Type: " + FORM).close();
    long before = heapBytes();
    for (int i = 0; i < REQUESTS; i++) {
      try (RawRequest request = logOut("Content-Length: 14", header.apply(i))) {
        assertTrue(request.read().status() >= 400);
      }
    }
    long kept = heapBytes() - before;
    assertTrue(kept < MOST_BYTES, kept + " bytes are kept of " + REQUESTS + " requests");
  }

  @Test
  void theSpellingsOfAContentTypeAreNotKept() throws IOException {
    assertNothingIsKept(
        i ->
            "Content-Type: "
                + spelled(i)
                + IntStream.range(0, 3_000)
                    .mapToObj(k -> ";a" + k + "=b")
                    .collect(Collectors.joining()));
  }

  @Test
  void theLanguagesOfAStrangerAreNotKept() throws IOException {
    assertNothingIsKept(
        i ->
            "Accept-Language: "
                + IntStream.range(0, 3_000)
                    .mapToObj(k -> letters(i * 3_000 + k))
                    .collect(Collectors.joining(",")));
  }

  /** The bits of the number say which letters are large ones. */
  private static String spelled(int number) {
    StringBuilder spelled = new StringBuilder(FORM);
    for (int bit = 0; bit < 11; bit++) {
      if ((number >> bit & 1) == 1) {
        spelled.setCharAt(bit, Character.toUpperCase(spelled.charAt(bit)));
      }
    }
    return spelled.toString();
  }

  private static String letters(int number) {
    StringBuilder letters = new StringBuilder();
    for (int rest = number; letters.length() < 5; rest /= 26) {
      letters.append((char) ('a' + rest % 26));
    }
    return letters.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "/login.html, X-Large, 10000, 200",
    "/ws, X-Large, 10000, 401",
    "/ws, X-Large, 17000, 431",
    "/ws, Authorization, 10000, 401",
    "/api/me, Authorization, 30000, 401",
    "/api/me, Accept, 10000, 400"
  })
  void aConnectionThatHasSentALargeHeadIsNotKept(String path, String header, int length, int status)
      throws IOException {
    try (RawRequest request = RawRequest.connect(gateway.server().uri("/"), "127.0.14.2")) {
      request.head("GET /tidemark" + path, header + ": " + "x".repeat(length));
      assertEquals(status, request.read().status());
      assertTrue(request.hasNoMore());
    }
  }

  @Test
  void aSmallHeadEndsNothing() throws IOException {
    try (RawRequest request = RawRequest.connect(gateway.server().uri("/"), "127.0.14.3")) {
      for (int i = 0; i < 2; i++) {
        request.head("GET /tidemark/login.html", "X-Large: " + "x".repeat(7_000));
        assertEquals(200, request.read().status());
      }
    }
  }

  /** As the cookies of a company's other applications. */
  @Test
  void aSocketOpensWithManyCookies() {
    try (WireClient client =
        WireClient.connect(
            gateway.server().socketUri("/ws"),
            handshake ->
                handshake
                    .header("Authorization", WireClient.authorization("alice"))
                    .header("X-Large", "x".repeat(15_000)))) {
      client.create();
    }
  }
}
