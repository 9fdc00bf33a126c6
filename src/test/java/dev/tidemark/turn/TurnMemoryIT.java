package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Turns take the heap of their messages for as long as they run: a sender has a share of it. */
final class TurnMemoryIT {
  private static final int TURN_BYTES = 5_000_000;
  private static final String SLOW = "{\"echo\":{\"token_delay_ms\":60000}}";

  /** 60 kB that take 2.4 MB when they are parsed. */
  private static final String TINY_VALUES = "{\"a\":[" + "[],".repeat(20_000) + "0]}";

  /** A third of all holds that many: each takes 240 kB, and 480 kB until it is read. */
  private static final int TEXTS = 5;

  private static final String TEXT = "\"" + "x ".repeat(30_000) + "\"";

  private static Gateway gateway;

  private final List<WireClient> clients = new ArrayList<>();

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "turn-memory",
            Map.of(
                "tidemark.wire.max-payload-bytes",
                "65536",
                "tidemark.session.state-bytes",
                "1024",
                "tidemark.memory.turn-bytes",
                "" + TURN_BYTES));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @AfterEach
  void end() {
    for (WireClient client : clients) {
      client.send("{\"type\":\"abort\"}").awaitEvent("aborted");
      client.close();
    }
    gateway.awaitMetric("tidemark_turns_running", 0);
    gateway.awaitMetric("tidemark_turns_heap_bytes", 0);
    assertEquals(List.of(), gateway.database().invariantViolations());
  }

  @Test
  void whatDoesNotFitTheShareOfItsSenderStaysQueuedAndAnothersRuns() {
    for (int i = 0; i < 3; i++) {
      say(TINY_VALUES, SLOW);
    }
    gateway.awaitMetric("tidemark_turns_running", 1);
    gateway.awaitMetric("tidemark_turns_queued", 2);
    try (WireClient bob = gateway.connect("bob")) {
      bob.create();
      bob.say("quick", "m-1", 0).awaitEvent("response");
    }
    assertEquals(1, (int) gateway.metric("tidemark_turns_running"));
    assertTrue(gateway.metric("tidemark_turns_heap_bytes") < TURN_BYTES);

    clients.get(0).send("{\"type\":\"abort\"}").awaitEvent("aborted");
    clients.remove(0).close();
    gateway.awaitMetric("tidemark_turns_queued", 1);
    gateway.awaitMetric("tidemark_turns_running", 1);
  }

  @Test
  void aTextTakesFarLess() {
    for (int i = 0; i < TEXTS; i++) {
      say(TEXT, SLOW);
    }
    gateway.awaitMetric("tidemark_turns_running", TEXTS);
  }

  @Test
  void aLargeMessageReachesItsAgentWhole() {
    String sessionId = say(TINY_VALUES, "{\"echo\":{\"token_delay_ms\":0}}");
    try (WireClient client = clients.remove(0)) {
      String response = client.awaitEvent("response").data();
      assertTrue(response.contains("[],0]}"), sessionId);
      assertTrue(response.length() > TINY_VALUES.length(), sessionId);
    }
  }

  private String say(String content, String metadata) {
    WireClient client = gateway.connect("alice");
    clients.add(client);
    String sessionId = client.create().string("session_id");
    client
        .send(
            "{\"type\":\"message\",\"message_id\":\"m-1\",\"content\":%s,\"metadata\":%s}"
                .formatted(content, metadata))
        .await("message_ack");
    return sessionId;
  }
}
