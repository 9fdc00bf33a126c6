package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.RawSocket;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.AdvisoryGate;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.SmallGateway;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Limits on size, number and rate of a client's frames: each limit passes, one more does not. */
final class FrameLimitsIT {
  private final Gateway gateway = SmallGateway.get();

  @Test
  void aFrameOfTheLargestSizePassesAndOneByteMoreCloses() {
    try (WireClient client = gateway.connect("alice")) {
      client.send(pingOf(SmallGateway.MAX_PAYLOAD, "x")).await("pong");
      client.send(pingOf(SmallGateway.MAX_PAYLOAD + 1, "x"));
      assertEquals("payload_too_large", client.await("hello_error").string("code"));
      assertEquals(1009, client.awaitClose());
    }
  }

  @Test
  void theSizeIsCountedInBytesOfUtf8AndNotInCharacters() {
    for (String letter : List.of("\u00e9", "\u20ac", "\ud83c\udf0a")) {
      try (WireClient client = gateway.connect("alice")) {
        client.send(pingOf(SmallGateway.MAX_PAYLOAD, letter)).await("pong");
        client.send(pingOf(SmallGateway.MAX_PAYLOAD + 1, letter));
        assertEquals(1009, client.awaitClose(), letter);
      }
    }
  }

  @Test
  void theSizeIsThatOfTheWholeMessageHoweverItIsCut() throws Exception {
    try (RawSocket client = gateway.connectRaw("alice")) {
      client.sendParts(pingOf(SmallGateway.MAX_PAYLOAD, "\u20ac"), 1_000);
      client.await("pong");
      client.sendParts(pingOf(SmallGateway.MAX_PAYLOAD + 1, "\u20ac"), 1_000);
      assertEquals("payload_too_large", client.await("hello_error").string("code"));
      assertEquals(1009, client.awaitClose());
    }
  }

  @Test
  void whatArrivesAfterAFrameThatIsTooLargeIsIgnored() throws Exception {
    String sessionId = "late-" + UUID.randomUUID();
    try (RawSocket client = gateway.connectRaw("alice");
        WireClient other = gateway.connect("alice")) {
      client.send(pingOf(SmallGateway.MAX_PAYLOAD * 3, "x"));
      client.send("{\"type\":\"join\",\"create\":true,\"session_id\":\"" + sessionId + "\"}");
      assertEquals(1009, client.awaitClose());
      assertEquals("no_such_session", other.join(sessionId).string("code"));
    }
  }

  @Test
  void badFramesAreAnsweredUpToALimitAndOneMoreCloses() {
    try (WireClient client = gateway.connect("alice")) {
      client.create();
      client.send("{").sendBinary(new byte[] {1}).send("{\"type\":\"dance\"}");
      client.send("{\"type\":\"ping\"}").await("pong");
      assertEquals(List.of("bad_json", "binary_not_supported", "unknown_frame"), errors(client));
      client.send("[]");
      assertEquals(4028, client.awaitClose());
      assertEquals("too_many_bad_frames", errors(client).get(SmallGateway.MAX_BAD_FRAMES));
    }
  }

  @Test
  void framesWaitUpToALimitAndOneMoreClosesAndLosesNothingAcknowledged() throws Exception {
    try (WireClient patient = gateway.connect("alice");
        WireClient hasty = gateway.connect("alice")) {
      String sessionId = patient.create().string("session_id");
      hasty.join(sessionId);
      try (AdvisoryGate gate = messagesOf(sessionId)) {
        patient.say("one", "m-1", 0);
        gate.awaitArrival(); // the writer holds m-1; the mailbox is empty
        for (int i = 0; i < SmallGateway.MAILBOX_FRAMES; i++) {
          patient.send("{\"type\":\"ping\"}");
        }
        hasty.say("two", "m-2", 0);
        gateway.awaitMetric("tidemark_log_waiting", 2); // hasty's mailbox is empty, too
        for (int i = 0; i <= SmallGateway.MAILBOX_FRAMES; i++) {
          hasty.send("{\"type\":\"ping\"}");
        }
        assertEquals(1013, hasty.awaitClose());
        assertEquals(List.of("too_fast"), errors(hasty));
      }
      patient.awaitEvent("stream_end");
      Awaitility.await()
          .atMost(WireClient.PATIENCE)
          .until(() -> count(patient, "pong"), n -> n == SmallGateway.MAILBOX_FRAMES);
      try (WireClient again = gateway.connect("alice")) {
        again.join(sessionId);
        again.say("two", "m-2", 0);
        assertTrue(again.await("message_ack").json().getBoolean("duplicate"));
      }
    }
  }

  @Test
  void bytesWaitUpToALimitAndMoreCloses() throws Exception {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      try (AdvisoryGate gate = messagesOf(sessionId)) {
        client.say("one", "m-1", 0);
        gate.awaitArrival();
        client.send(pingOf(SmallGateway.MAILBOX_BYTES / 2, "x"));
        client.send(pingOf(SmallGateway.MAILBOX_BYTES / 2, "x"));
        client.send("{\"type\":\"ping\"}");
        assertEquals(1013, client.awaitClose());
      }
    }
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      try (AdvisoryGate gate = messagesOf(sessionId)) {
        client.say("one", "m-1", 0);
        gate.awaitArrival();
        client.send(pingOf(SmallGateway.MAILBOX_BYTES / 2, "x"));
        client.send(pingOf(SmallGateway.MAILBOX_BYTES / 2, "x"));
      }
      Awaitility.await()
          .atMost(WireClient.PATIENCE)
          .until(() -> count(client, "pong"), n -> n == 2);
    }
  }

  @Test
  void aPrincipalHasSoManyConnectionsAndOneMoreWhenOneHasLeft() {
    List<WireClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < SmallGateway.CONNECTIONS; i++) {
        WireClient client = gateway.connect("bob");
        clients.add(client);
        client.send("{\"type\":\"ping\"}").await("pong");
      }
      try (WireClient refused = gateway.connect("bob");
          WireClient other = gateway.connect("alice")) {
        Frame error = refused.await("hello_error");
        assertEquals("too_many_connections", error.string("code"));
        assertTrue(error.number("retry_after_seconds") >= 1);
        assertEquals(4029, refused.awaitClose());
        other.send("{\"type\":\"ping\"}").await("pong");
      }
      clients.remove(0).close();
      Awaitility.await("a place that became free")
          .atMost(WireClient.PATIENCE)
          .until(this::bobGetsIn);
    } finally {
      clients.forEach(WireClient::close);
    }
  }

  private boolean bobGetsIn() {
    try (WireClient client = gateway.connect("bob")) {
      return client
          .await("a ping or the refusal", frame -> frame.is("ping") || frame.is("hello_error"), 0)
          .is("ping");
    }
  }

  @Test
  void aPrincipalJoinsSoManyTimesAMinuteAndIsToldWhenToComeBack() {
    try (WireClient client = gateway.connect("bob")) {
      long start = System.nanoTime();
      String sessionId = client.create().string("session_id");
      int joined = 1;
      Frame answer = client.join(sessionId);
      while (answer.is("joined") && joined < 10 * SmallGateway.JOINS) {
        joined++;
        answer = client.join(sessionId);
      }
      long refilled = (System.nanoTime() - start) * SmallGateway.JOINS / 60_000_000_000L + 1;
      assertEquals("too_many_joins", answer.string("code"));
      assertTrue(answer.number("retry_after_seconds") >= 1);
      assertEquals(4029, client.awaitClose());
      assertTrue(
          joined >= SmallGateway.JOINS && joined <= SmallGateway.JOINS + refilled,
          joined + " joins");
    }
  }

  private AdvisoryGate messagesOf(String sessionId) throws Exception {
    Long key =
        gateway
            .database()
            .value(
                Long.class,
                "select session_key from tidemark.session where session_id = ?",
                sessionId);
    return AdvisoryGate.beforeInsert(
        gateway.database(), "tidemark.message", "new.session_key = " + key);
  }

  private static List<String> errors(WireClient client) {
    return client.frames().stream()
        .filter(frame -> frame.is("error"))
        .map(frame -> frame.string("code"))
        .toList();
  }

  private static long count(WireClient client, String type) {
    return client.frames().stream().filter(frame -> frame.is(type)).count();
  }

  /** Makes a ping of exactly {@code bytes} bytes, padded with a letter of one or more bytes. */
  private static String pingOf(int bytes, String letter) {
    String empty = "{\"type\":\"ping\",\"pad\":\"\"}";
    int left = bytes - empty.length();
    int letterBytes = letter.getBytes(StandardCharsets.UTF_8).length;
    return "{\"type\":\"ping\",\"pad\":\""
        + letter.repeat(left / letterBytes)
        + "x".repeat(left % letterBytes)
        + "\"}";
  }
}
