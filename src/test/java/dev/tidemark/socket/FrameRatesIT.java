package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.RawSocket;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.MoreAccounts;
import jakarta.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Frames that are no messages, and sessions, have limits: one more than the limit is refused. All
 * frames come last: their limit covers the others.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FrameRatesIT {
  private static final long MINUTE_NANOS = 60_000_000_000L;
  private static final int ABORTS = 6;
  private static final int FRAMES = 120;
  private static final int SESSIONS = 3;
  private static final int SESSIONS_OF_TENANT = 5;
  private static final int MAX_PAYLOAD = 4_000;
  private static final int SHARE = 200_000;

  /**
   * What a partial message takes of the share, and what is left: some frames can wait in it,
   * because an answer may be there before the heap of its frame is given back, and none can be
   * handled.
   */
  private static final int PART = 3_750;

  private static final int HEAP_OF_A_PART = 4 * PART;
  private static final int LEFT = 4_500;

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "frame-rates",
            Map.of(
                "tidemark.access.aborts-per-minute",
                "" + ABORTS,
                "tidemark.access.frames-per-minute",
                "" + FRAMES,
                "tidemark.access.sessions-per-principal",
                "" + SESSIONS,
                "tidemark.access.sessions-per-tenant",
                "" + SESSIONS_OF_TENANT,
                "tidemark.wire.max-bad-frames",
                "" + 10 * FRAMES,
                "tidemark.wire.max-payload-bytes",
                "" + MAX_PAYLOAD,
                "tidemark.session.state-bytes",
                "1024",
                "tidemark.memory.principal-bytes",
                "" + SHARE),
            node -> node.template(MoreAccounts.template("frame-rates", List.of("carol", "dave"))));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  @Order(1)
  void abortsAreCounted() {
    try (WireClient alice = gateway.connect("alice")) {
      alice.create();
      long start = System.nanoTime();
      int aborts = 0;
      while (aborts < 10 * ABORTS && abort(alice).equals("no_running_turn")) {
        aborts++;
      }
      assertWithin(ABORTS, aborts, start);
      assertEquals("too_many_aborts", abort(alice));
      alice.send("{\"type\":\"ping\"}").await("pong"); // the connection stays usable
    }
  }

  private static String abort(WireClient client) {
    int before = client.frames().size();
    return client.send("{\"type\":\"abort\"}").await("error", before).string("code");
  }

  @Test
  @Order(2)
  void sessionsAreCounted() {
    try (WireClient alice = gateway.connect("alice");
        WireClient bob = gateway.connect("bob")) {
      for (int i = 1; i < SESSIONS; i++) { // one is there already
        assertEquals("joined", alice.create().string("type"));
      }
      Frame refused = alice.create();
      assertEquals("too_many_sessions", refused.string("code"));
      assertEquals("do_not_retry", refused.string("next_step"));
      assertEquals(
          "too_many_sessions",
          alice
              .join(Json.createObjectBuilder().add("session_id", "one-more").add("create", true))
              .string("code"));
      for (int i = SESSIONS; i < SESSIONS_OF_TENANT; i++) {
        assertEquals("joined", bob.create().string("type"));
      }
      assertEquals("too_many_sessions", bob.create().string("code"));
      assertEquals(
          (long) SESSIONS_OF_TENANT,
          gateway.database().value(Long.class, "select count(*) from tidemark.session"));
      String id =
          gateway
              .database()
              .value(
                  String.class,
                  "select session_id from tidemark.session where owner = 'alice' limit 1");
      assertEquals("joined", alice.join(id).string("type")); // those that exist are not touched
    }
  }

  @Test
  @Order(3)
  void allFramesAreCounted() {
    try (WireClient flooding = gateway.connect("bob");
        WireClient other = gateway.connect("alice")) {
      long start = System.nanoTime();
      boolean sent = true;
      for (int i = 0; sent && i < 10 * FRAMES; i++) {
        sent = flooding.trySend(i % 2 == 0 ? "{\"type\":\"ping\"}" : "{\"type\":\"pong\"}");
      }
      assertEquals("too_fast", flooding.await("hello_error").string("code"));
      assertEquals(1013, flooding.awaitClose());
      long pongs = flooding.frames().stream().filter(frame -> frame.is("pong")).count();
      assertTrue(pongs <= FRAMES + refilled(FRAMES, start), pongs + " frames were answered");
      other.send("{\"type\":\"ping\"}").await("pong");
    }
  }

  @Test
  @Order(4)
  void framesThatCannotBeReadAreCounted() {
    try (WireClient flooding = gateway.connect("carol")) {
      assertSentAway(flooding, "{", "bad_json");
    }
  }

  /** They may wait, but not be handled, because messages whose end never comes take the rest. */
  @Test
  @Order(5)
  void framesForWhichThereIsNoMemoryAreCounted() throws IOException {
    List<RawSocket> open = new ArrayList<>();
    try (WireClient flooding = gateway.connect("dave")) {
      for (int left = SHARE; left > LEFT; left -= HEAP_OF_A_PART) {
        RawSocket holding = gateway.connectRaw("dave");
        open.add(holding);
        int part = Math.min(PART, (left - LEFT) / 4);
        holding.sendUnfinished("x".repeat(part));
      }
      gateway.awaitMetric("tidemark_memory_bytes", SHARE - LEFT);
      assertSentAway(
          flooding,
          "{\"type\":\"message\",\"content\":\"" + "x".repeat(1_000) + "\"}",
          "unavailable");
    } finally {
      for (RawSocket socket : open) {
        socket.close();
      }
    }
  }

  /** Sends one after the other, each with this answer, until it is one too many. */
  private static void assertSentAway(WireClient flooding, String frame, String code) {
    long start = System.nanoTime();
    int sent = 0;
    Frame answer;
    do {
      int before = flooding.frames().size();
      answer =
          flooding
              .send(frame)
              .await("an answer", one -> one.is("error") || one.is("hello_error"), before);
      sent++;
    } while (code.equals(answer.string("code")) && sent < 5 * FRAMES);
    assertEquals("too_fast", answer.string("code"));
    assertTrue(answer.string("message").contains("frames a minute"), answer.string("message"));
    assertEquals(1013, flooding.awaitClose());
    assertTrue(sent <= FRAMES + refilled(FRAMES, start) + 1, sent + " frames were answered");
  }

  private static void assertWithin(int limit, int counted, long startNanos) {
    assertTrue(
        counted >= limit && counted <= limit + refilled(limit, startNanos),
        counted + " instead of " + limit);
  }

  private static long refilled(int limit, long startNanos) {
    return (System.nanoTime() - startNanos) * limit / MINUTE_NANOS + 1;
  }
}
