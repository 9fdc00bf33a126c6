package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.RawRequest;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Rest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Heads of requests that do not end, which no application sees: {@code timeouts.cli}. */
final class SlowHeadIT {
  /** Six times what a head may take; the idle time-out would not end those that go on sending. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** More than there are threads for requests on most machines. */
  private static final int CLIENTS = 100;

  private static final int MOST = 100;

  private final Gateway gateway = Gateway.shared();
  private final URI server = gateway.server().uri("/");

  @Test
  void headsThatComeByteByByteAreGivenUpAndHoldNoThreadMeanwhile() throws Exception {
    List<RawRequest> slow = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        slow.add(RawRequest.connect(server));
        slow.get(i).send("GET /tidemark/login.html HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      }
      assertEquals(200, new Rest(gateway).send("bob", "GET", "/sessions").statusCode());
      Awaitility.await("the end of each")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                slow.removeIf(SlowHeadIT::isOver);
                return slow.isEmpty();
              });
    } finally {
      for (RawRequest one : slow) {
        one.close();
      }
    }
  }

  /** Sends one byte more. */
  private static boolean isOver(RawRequest slow) {
    try {
      slow.send("x");
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aHeadIsTakenUpToASizeAndNotAboveIt() throws Exception {
    assertEquals(200, status(30_000));
    assertTrue(status(35_000) >= 400);
  }

  /** A few bytes of a head that does not end would else take many times as much of the heap. */
  @Test
  void aHeadHasSoManyParametersAndHeadersAndNoMore() throws IOException {
    assertEquals(200, status("?" + "a&".repeat(MOST - 1)));
    assertEquals(400, status("?" + "a&".repeat(MOST)));
    assertEquals(200, status("", headers(MOST - 1))); // beside Host
    assertEquals(400, status("", headers(MOST)));
  }

  private static String[] headers(int number) {
    return IntStream.range(0, number).mapToObj(i -> "X-" + i + ": x").toArray(String[]::new);
  }

  private int status(String query, String... headers) throws IOException {
    try (RawRequest request = RawRequest.connect(server)) {
      return request.head("GET /tidemark/login.html" + query, headers).read().status();
    }
  }

  /** Its streams and the bodies of upgraded requests would pass all limits of HTTP/1.1. */
  @Test
  void thePlainListenerSpeaksNoHttp2() throws Exception {
    try (RawRequest preface = RawRequest.connect(server)) {
      preface.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      assertTrue(preface.read().status() >= 400);
    }
    try (RawRequest upgrade = RawRequest.connect(server)) {
      upgrade.head(
          "GET /tidemark/login.html",
          "Connection: Upgrade, HTTP2-Settings",
          "Upgrade: h2c",
          "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA");
      assertEquals(200, upgrade.read().status());
    }
  }

  /** The status of the answer to a head of this size; 499 if the connection ends without one. */
  private int status(int bytes) throws IOException {
    try (RawRequest large = RawRequest.connect(server)) {
      try {
        large.head("GET /tidemark/login.html", "X-Large: " + "x".repeat(bytes));
        return large.read().status();
      } catch (IOException e) {
        return 499;
      }
    }
  }
}
