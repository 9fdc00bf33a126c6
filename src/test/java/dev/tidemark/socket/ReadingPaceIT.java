package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sockets are read no faster than their principal may send: it waits, and loses nothing. */
final class ReadingPaceIT {
  private static final int BYTES_PER_SECOND = 40_000;
  private static final int MESSAGES = 6;
  private static final int SOCKETS = 4;

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "reading-pace",
            Map.of(
                "tidemark.access.bytes-per-second", "" + BYTES_PER_SECOND,
                "tidemark.wire.heartbeat-millis", "400",
                "tidemark.wire.silence-millis", "2000"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void whoSendsTooFastIsReadMoreSlowlyAndLosesNothing() {
    String large = "x".repeat(BYTES_PER_SECOND / 4);
    List<WireClient> clients =
        IntStream.range(0, SOCKETS).mapToObj(i -> gateway.connect("alice")).toList();
    try (WireClient neighbour = gateway.connect("bob")) {
      clients.forEach(WireClient::create);
      neighbour.create();
      long begun = System.nanoTime();
      for (int i = 0; i < MESSAGES; i++) {
        for (WireClient client : clients) {
          client.say(large, "m-" + i, 0);
        }
      }
      neighbour.say("small", "m", 0).await("message_ack");
      assertTrue(
          clients.stream().anyMatch(client -> acknowledged(client).size() < MESSAGES),
          "the neighbour waits for nobody");
      clients.forEach(ReadingPaceIT::awaitAll);
      double seconds = (System.nanoTime() - begun) / 1e9;
      double least = 1.0 * MESSAGES * SOCKETS * large.length() / BYTES_PER_SECOND - 1.5;
      assertTrue(seconds >= least, seconds + " s, but " + least + " s are the least");
    } finally {
      clients.forEach(WireClient::close);
    }
  }

  private static void awaitAll(WireClient client) {
    client.await(
        "the last acknowledgement",
        frame ->
            frame.string("type").equals("message_ack")
                && frame.string("message_id").equals("m-" + (MESSAGES - 1)),
        0);
    assertEquals(
        IntStream.range(0, MESSAGES).mapToObj(i -> "m-" + i).toList(),
        acknowledged(client).stream().map(frame -> frame.string("message_id")).toList());
  }

  private static List<Frame> acknowledged(WireClient client) {
    return client.frames().stream()
        .filter(frame -> frame.string("type").equals("message_ack"))
        .toList();
  }
}
