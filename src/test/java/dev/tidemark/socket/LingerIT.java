package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.RawSocket;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The end of a client that took nothing for too long: its farewell waits behind a large frame for a
 * limited time.
 */
final class LingerIT {
  private static final int WINDOW_BYTES = 65_536;
  private static final int FRAME_BYTES = 900_000;
  private static final int MESSAGES = 8;
  private static final String TOO_SLOW = "tidemark_refusals_total{code=\"too_slow\"}";
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(30);

  private static Gateway gateway;
  private static String sessionId;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "linger",
            Map.of(
                "tidemark.delivery.window-bytes",
                "" + WINDOW_BYTES,
                "tidemark.delivery.stall-millis",
                "2000",
                "tidemark.delivery.linger-millis",
                "10000"));
    try (WireClient writer = gateway.connect("alice")) {
      sessionId = writer.create().string("session_id");
      for (int i = 1; i <= MESSAGES; i++) {
        writer.say("x".repeat(FRAME_BYTES), "m-" + i, 0);
        int turns = i;
        Awaitility.await()
            .atMost(LONG_ENOUGH)
            .until(
                () ->
                    writer.events().stream().filter(event -> event.is("stream_end")).count()
                        == turns);
      }
    }
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** Both at once, for the time of both is the same. */
  @Test
  void whoReadsAgainInTimeIsToldWhyAndToComeBackAndWhoDoesNotIsCutAndCostsNothingAnyMore()
      throws Exception {
    try (RawSocket dead = joinedAndStuck()) {
      try (RawSocket slow = joinedAndStuck()) {
        assertTrue(
            gateway.metric("tidemark_outbound_bytes") < 2 * (WINDOW_BYTES + FRAME_BYTES * 2.0),
            "a window and a frame for each");
        List<Frame> frames = slow.readToTheEnd();
        assertEquals("too_slow", frames.get(frames.size() - 1).string("code"));
        assertEquals(1013, slow.closeCode().orElseThrow());
      }
      Awaitility.await("the cut")
          .atMost(LONG_ENOUGH)
          .until(() -> gateway.metric("tidemark_connections") == 0);
      assertEquals(0, gateway.metric("tidemark_outbound_bytes"));
      assertEquals(1006, dead.awaitClose(), "cut, without a close frame");
    }
  }

  /** Connects a client whose farewell waits behind a frame that it does not take. */
  private static RawSocket joinedAndStuck() throws Exception {
    double before = gateway.metric(TOO_SLOW);
    RawSocket client = gateway.connectRaw("alice");
    client.send("{\"type\":\"join\",\"session_id\":\"" + sessionId + "\",\"since\":0}");
    client.await("joined");
    Awaitility.await("the farewell")
        .atMost(LONG_ENOUGH)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> gateway.metric(TOO_SLOW) > before);
    assertTrue(gateway.metric("tidemark_outbound_bytes") >= WINDOW_BYTES, "it waits");
    return client;
  }
}
