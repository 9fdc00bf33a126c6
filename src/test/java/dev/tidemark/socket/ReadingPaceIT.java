package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.RawSocket;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Guest;
import dev.tidemark.testing.gateway.Rest;
import dev.tidemark.wire.CloseCode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sockets are read no faster than their principal may send: it waits, and loses nothing. */
final class ReadingPaceIT {
  private static final int BYTES_PER_SECOND = 40_000;
  private static final int MESSAGES = 6;
  private static final int SOCKETS = 4;
  private static final int NEW_SOCKETS = 20;

  /** So many messages of a second each take longer than a test that is sent away. */
  private static final int BACKLOG = 12;

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "reading-pace",
            Map.of(
                "tidemark.access.bytes-per-second", "" + BYTES_PER_SECOND,
                "tidemark.drain.spread-millis", "1000",
                "tidemark.wire.heartbeat-millis", "400",
                "tidemark.wire.silence-millis", "4000"));
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

  /** A frame that has begun is read to its end, whatever others have sent. */
  @Test
  void aLargeMessageOnEachOfManySocketsIsHandledNoFaster() {
    String large = "x".repeat(BYTES_PER_SECOND);
    List<WireClient> clients =
        IntStream.range(0, MESSAGES).mapToObj(i -> gateway.connect("bob")).toList();
    try {
      clients.forEach(WireClient::create);
      long begun = System.nanoTime();
      clients.forEach(client -> client.say(large, "m", 0));
      clients.forEach(client -> client.await("message_ack"));
      double seconds = (System.nanoTime() - begun) / 1e9;
      double least = MESSAGES - 1.5; // one may come at once, and some bytes of the next
      assertTrue(seconds >= least, seconds + " s, but " + least + " s are the least");
    } finally {
      clients.forEach(WireClient::close);
    }
  }

  /**
   * The server begins to read a socket at about the time at which it is told not to, so a message
   * may be through; the next ones wait.
   */
  @Test
  void whoIsAheadGetsNoFurtherWithNewSockets() {
    List<WireClient> clients = new ArrayList<>();
    long begun = System.nanoTime();
    try (WireClient first = behind(gateway.connect("alice"));
        WireClient neighbour = gateway.connect("bob")) {
      neighbour.create();
      for (int i = 0; i < NEW_SOCKETS; i++) {
        WireClient next = gateway.connect("alice");
        clients.add(next);
        next.send("{\"type\":\"join\"}");
        for (int k = 0; k < BACKLOG; k++) {
          next.say("x".repeat(BYTES_PER_SECOND), "m-" + k, 0);
        }
        neighbour.say("small", "m-" + i, 0).awaitEvent("response");
      }
      List<Integer> read =
          Stream.concat(clients.stream(), Stream.of(first))
              .map(client -> acknowledged(client).size())
              .toList();
      double seconds = (System.nanoTime() - begun) / 1e9;
      assertTrue(
          read.stream().allMatch(messages -> messages <= seconds + 3),
          read + " messages of a second each in " + seconds + " s");
    } finally {
      clients.forEach(WireClient::close);
    }
  }

  @Test
  void whoIsReadSlowlyEndsWithItsLogin() throws Exception {
    Guest browser = new Guest(gateway);
    String cookie = browser.login("alice");
    try (WireClient client =
        behind(
            WireClient.connect(
                gateway.server().socketUri("/ws"),
                handshake -> handshake.header("Cookie", cookie)))) {
      assertEquals(204, browser.ask("POST", "/api/logout", "Cookie", cookie).statusCode());
      assertEquals("logged_out", client.await("error").string("code"));
      assertEquals(CloseCode.CREDENTIALS, client.awaitClose());
      assertGone(client);
    }
  }

  @Test
  void whoIsReadSlowlyIsSentAwayByARevocation() {
    try (WireClient client = behind(gateway.connect("alice"))) {
      HttpResponse<String> revoked =
          new Rest(gateway).send("admin", "POST", "/revocations", "{\"principal\":\"alice\"}");
      assertEquals(201, revoked.statusCode(), revoked.body());
      assertEquals("auth_required", client.await("error").string("code"));
      assertEquals(CloseCode.CREDENTIALS, client.awaitClose());
      assertGone(client);
    }
  }

  @Test
  void whoIsReadSlowlyIsSentAwayByADrain() {
    Rest rest = new Rest(gateway);
    try (WireClient client = behind(gateway.connect("bob"))) {
      assertEquals(202, rest.send("operator", "POST", "/node/drain").statusCode());
      client.awaitSentAway();
      assertGone(client);
    } finally {
      assertEquals(204, rest.send("operator", "POST", "/node/resume").statusCode());
    }
  }

  /** The client has sent far more than was read of it yet. */
  private static WireClient behind(WireClient client) {
    client.create();
    for (int i = 0; i < BACKLOG; i++) {
      client.say("x".repeat(BYTES_PER_SECOND), "m-" + i, 0);
    }
    client.await("message_ack");
    return client;
  }

  private static void assertGone(WireClient client) {
    gateway.awaitMetric("tidemark_connections", 0);
    assertTrue(acknowledged(client).size() < BACKLOG, "it was not read to its end before");
  }

  /** As browsers send it, in parts, of which each is counted. */
  @Test
  void aLargeMessageIsWithinTheDefaultPace() throws IOException {
    try (RawSocket client = Gateway.shared().connectRaw("alice")) {
      client.send("{\"type\":\"join\"}");
      client.await("joined");
      String content = "x".repeat(1_000_000);
      client.sendParts(
          "{\"type\":\"message\",\"message_id\":\"m\",\"content\":\"" + content + "\"}", 16_384);
      client.await("message_ack");
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
