package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.RawRequest;
import dev.tidemark.testing.client.RawRequest.Answer;
import dev.tidemark.testing.client.RawSocket;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.RefusalRecord;
import dev.tidemark.testing.gateway.Rest;
import jakarta.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What one account fills is its own share of the heap: it is told, and others notice nothing. The
 * account fills it with messages whose end never comes, on many sockets.
 */
final class HeapSharesIT {
  private static final int MAX_PAYLOAD = 4_000;
  private static final int NODE = 400_000;
  private static final int SHARE = 300_000;
  private static final String TAKEN = "tidemark_memory_bytes";

  /** What a character of a partial message is charged. */
  private static final int GROWTH = 4;

  private static final int PART = 3_750;
  private static final int SOCKETS = SHARE / (GROWTH * PART);

  private static Gateway gateway;
  private final List<RawSocket> open = new ArrayList<>();

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "heap-shares",
            Map.of(
                "tidemark.wire.max-payload-bytes",
                "" + MAX_PAYLOAD,
                "tidemark.session.state-bytes",
                "1024",
                "tidemark.access.record-every-millis",
                "500",
                "tidemark.memory.node-bytes",
                "" + NODE,
                "tidemark.memory.principal-bytes",
                "" + SHARE));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @AfterEach
  void allIsGivenBack() throws IOException {
    for (RawSocket socket : open) {
      socket.close();
    }
    gateway.awaitMetric(TAKEN, 0);
  }

  @Test
  void aFullShareIsTheLimitAndOneCharacterMoreIsToldAndAnotherNoticesNothing() throws Exception {
    fill("alice", SOCKETS);
    gateway.awaitMetric(TAKEN, SHARE);

    RawSocket oneMore = gateway.connectRaw("alice");
    open.add(oneMore);
    oneMore.sendUnfinished("x");
    Frame refused = oneMore.await("hello_error");
    assertEquals("too_fast", refused.string("code"));
    assertEquals("wait_then_retry", refused.string("next_step"));
    assertTrue(refused.number("retry_after_seconds") >= 1);
    assertEquals(1013, oneMore.awaitClose());

    try (WireClient bob = gateway.connect("bob")) {
      bob.create();
      bob.say("hi there", "m-1", 0);
      bob.await("message_ack");
      bob.awaitEvent("response");
      assertEquals(200, new Rest(gateway).send("bob", "GET", "/sessions").statusCode());
    }
    assertTrue(gateway.metric("tidemark_memory_refused_total") >= 1);
    assertEquals(SHARE, gateway.metric(TAKEN));
    for (RawSocket socket : open.subList(0, SOCKETS)) {
      socket.send("{\"type\":\"ping\"}"); // ends the message, which was held until now
      assertTrue(List.of("bad_json", "unavailable").contains(socket.await("error").string("code")));
    }
  }

  @Test
  void aMessageForWhichNoMemoryIsLeftIsRefusedByItsIdAndTakenLater() throws Exception {
    try (WireClient alice = gateway.connect("alice")) {
      alice.create();
      fill("alice", SOCKETS - 1);
      RawSocket last = gateway.connectRaw("alice");
      open.add(last);
      int left = 2_000; // the text may wait, but not be handled
      last.sendUnfinished("x".repeat(PART - left / GROWTH));
      gateway.awaitMetric(TAKEN, SHARE - left);

      alice.say("m".repeat(1_000), "m-1", 0);
      Frame refused = alice.await("error");
      assertEquals("unavailable", refused.string("code"));
      assertEquals("m-1", refused.string("message_id"));
      assertTrue(refused.number("retry_after_seconds") >= 1);

      for (RawSocket socket : open) {
        socket.close();
      }
      gateway.awaitMetric(TAKEN, 0);
      alice.say("m".repeat(1_000), "m-1", 0);
      assertFalse(alice.await("message_ack").json().getBoolean("duplicate"));
      alice.awaitEvent("stream_end");
    }
  }

  @Test
  void aSnapshotForWhichNoMemoryIsLeftIsRefusedAndMadeLaterAndAnotherGetsHis() throws Exception {
    String alices;
    try (WireClient alice = gateway.connect("alice");
        WireClient bob = gateway.connect("bob")) {
      alices = alice.create().string("session_id");
      fill("alice", SOCKETS - 1);
      RawSocket last = gateway.connectRaw("alice");
      open.add(last);
      int left = 2_000; // the join may be handled, but no state of the largest size be held
      last.sendUnfinished("x".repeat(PART - left / GROWTH));
      gateway.awaitMetric(TAKEN, SHARE - left);

      assertEquals("unavailable", withSnapshot(alice, alices).await("error").string("code"));
      withSnapshot(bob, bob.create().string("session_id")).await("snapshot");

      for (RawSocket socket : open) {
        socket.close();
      }
      gateway.awaitMetric(TAKEN, 0);
      withSnapshot(alice, alices).await("snapshot");
    }
  }

  private static WireClient withSnapshot(WireClient client, String sessionId) {
    return client.send(
        Json.createObjectBuilder()
            .add("type", "join")
            .add("session_id", sessionId)
            .add("snapshot", true));
  }

  /** Bodies that have come so far, of requests that go on. */
  @Test
  void bodiesOfAnAddressAreChargedToItAndAnotherIsServed() throws Exception {
    List<RawRequest> bodies = new ArrayList<>();
    try {
      for (int i = 0; i < SOCKETS; i++) {
        bodies.add(slowBody("127.0.7.1"));
      }
      gateway.awaitMetric(TAKEN, SHARE);
      try (RawRequest oneMore = slowBody("127.0.7.1")) {
        Answer refused = oneMore.read();
        assertEquals(503, refused.status(), refused.body());
        assertTrue(refused.header("Retry-After").isPresent());
      }
      RefusalRecord.await(gateway, 503, "unavailable");
      try (RawRequest elsewhere = slowBody("127.0.8.1")) {
        assertEquals(400, elsewhere.send("x".repeat(MAX_PAYLOAD - PART)).read().status());
      }
    } finally {
      for (RawRequest body : bodies) {
        body.close();
      }
    }
  }

  /** A body is charged four times its bytes. */
  private static RawRequest slowBody(String from) throws IOException {
    return RawRequest.connect(gateway.server().uri("/"), from)
        .head(
            "POST /tidemark/api/sessions/none/events",
            "Authorization: " + WireClient.authorization("publisher"),
            "Content-Type: application/json",
            "Content-Length: " + MAX_PAYLOAD)
        .send("{\"type\":\"" + "x".repeat(PART - 9));
  }

  @Test
  void whoHoldsTheMostIsSentAwayForOneWhoHoldsLittle() throws Exception {
    fill("alice", SOCKETS);
    gateway.awaitMetric(TAKEN, SHARE);
    List<RawSocket> ofAlice = List.copyOf(open);
    double shed = gateway.metric("tidemark_memory_shed_total");

    int free = (NODE - SHARE) / (GROWTH * PART);
    fill("bob", free + 1);
    gateway.awaitMetric("tidemark_memory_shed_total", shed + 1);
    gateway.awaitMetric(TAKEN, SHARE + free * GROWTH * PART);
    assertEquals(1, ended(ofAlice));
    try (WireClient bob = gateway.connect("bob")) {
      bob.send("{\"type\":\"ping\"}").await("pong");
    }
  }

  /** Reads what each socket was told at most: pings only, unless it was sent away. */
  private static int ended(List<RawSocket> sockets) throws IOException {
    int ended = 0;
    for (RawSocket socket : sockets) {
      socket.send("{\"type\":\"ping\"}"); // an answer comes in any case
      if (socket.awaitOneOf("error", "hello_error").string("code").equals("too_fast")) {
        assertEquals(1013, socket.awaitClose());
        ended++;
      }
    }
    return ended;
  }

  private void fill(String account, int sockets) throws IOException {
    for (int i = 0; i < sockets; i++) {
      RawSocket socket = gateway.connectRaw(account);
      open.add(socket);
      socket.sendUnfinished("x".repeat(PART));
    }
  }
}
