package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One principal has far more slow turns than its share; another's message runs at once. */
final class TurnSharesIT {
  private static final int SHARE = 3;
  private static final int SHARE_OF_TENANT = 4;
  private static final int QUEUED = 4;
  private static final long SLOW_MILLIS = 60_000;

  private static Gateway gateway;

  private final List<WireClient> clients = new ArrayList<>();

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "turn-shares",
            Map.of(
                "tidemark.turn.places",
                "6",
                "tidemark.turn.places-per-principal",
                "" + SHARE,
                "tidemark.turn.places-per-tenant",
                "" + SHARE_OF_TENANT,
                "tidemark.turn.queued-per-principal",
                "" + QUEUED));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @AfterEach
  void abortAll() {
    for (WireClient client : clients) {
      while (client.frames().stream().noneMatch(TurnSharesIT::isNothingToAbort)) {
        int before = client.frames().size();
        client.send("{\"type\":\"abort\"}");
        client.await("an end", f -> f.text().contains("stream_end") || isNothingToAbort(f), before);
      }
      client.close();
    }
    gateway.awaitMetric("tidemark_turns_running", 0);
    gateway.awaitMetric("tidemark_turns_queued", 0);
    assertEquals(List.of(), gateway.database().invariantViolations());
  }

  private static boolean isNothingToAbort(Frame frame) {
    return frame.text().contains("no_running_turn");
  }

  /**
   * Each letter is a message in a session of its own: A is slow and alice's, b is quick and bob's.
   */
  @ParameterizedTest
  @ValueSource(strings = {"AAAAAAAb", "bAAAAAAAb", "AbAbAbAAAAb", "AAAbAAAbAb"})
  void whateverTheOrderOfArrivalAnothersMessageRunsAtOnce(String arrivals) {
    for (int i = 0; i < arrivals.length(); i++) {
      if (arrivals.charAt(i) == 'A') {
        slow("alice");
      } else {
        quick("bob");
      }
    }
    gateway.awaitMetric("tidemark_turns_running", SHARE);
    gateway.awaitMetric("tidemark_turns_queued", 7 - SHARE);
    gateway.awaitMetric("tidemark_turns_waiting", Math.min(SHARE, 7 - SHARE));
    assertTrue(gateway.metric("tidemark_turns_longest_wait_seconds") > 0);
  }

  /** The last places of the node are for other tenants; bob alone could have another one. */
  @Test
  void aTenantHasItsShareWhoeverItsPeopleAre() {
    for (int i = 0; i < SHARE_OF_TENANT; i++) {
      slow(i < SHARE ? "alice" : "bob");
    }
    gateway.awaitMetric("tidemark_turns_running", SHARE_OF_TENANT);
    slow("bob");
    gateway.awaitMetric("tidemark_turns_queued", 1);
    assertEquals(SHARE_OF_TENANT, (int) gateway.metric("tidemark_turns_running"));
    clients.get(0).send("{\"type\":\"abort\"}").awaitEvent("aborted");
    gateway.awaitMetric("tidemark_turns_queued", 0);
  }

  @Test
  void whatExceedsTheQueueIsRefusedWithACodeAndNothingIsLost() {
    for (int i = 0; i < SHARE + QUEUED; i++) {
      slow("alice");
    }
    gateway.awaitMetric("tidemark_turns_queued", QUEUED);
    WireClient late = client("alice");
    late.create();
    Frame refused = late.say("late", "m-late", 0).await("error");
    assertEquals("too_many_turns", refused.string("code"));
    assertEquals("m-late", refused.string("message_id"));
    assertTrue(refused.number("retry_after_seconds") >= 1);
    WireClient known = clients.get(0);
    int acknowledged = known.frames().size();
    Frame repeated = known.say("word word", "m-1", SLOW_MILLIS).await("message_ack", acknowledged);
    assertTrue(repeated.json().getBoolean("duplicate"), "a repeat is no new turn");
    quick("bob");

    clients.get(SHARE).send("{\"type\":\"abort\"}"); // it waits, and ends without a place
    assertTrue(clients.get(SHARE).awaitEvent("aborted").data().contains("\"user\""));
    int before = late.frames().size();
    late.say("late", "m-late", 0).await("message_ack", before);
    assertEquals(SHARE, (int) gateway.metric("tidemark_turns_running"));
  }

  @Test
  void theQueueThatANodeFindsAfterItsStartIsSharedOutInTheSameWay() {
    List<String> sessions = new ArrayList<>();
    for (int i = 0; i < SHARE + QUEUED; i++) {
      sessions.add(slow("alice"));
    }
    gateway.awaitMetric("tidemark_turns_queued", QUEUED);
    gateway.server().kill();
    clients.clear();
    gateway.server().start().awaitReady();
    gateway.awaitMetric("tidemark_turns_running", SHARE);
    quick("bob");
    gateway.awaitMetric("tidemark_turns_running", SHARE);
    for (String session : sessions) {
      client("alice").join(session, 0);
    }
  }

  private String slow(String account) {
    WireClient client = client(account);
    String sessionId = client.create().string("session_id");
    client.say("word word", "m-1", SLOW_MILLIS).await("message_ack");
    return sessionId;
  }

  private void quick(String account) {
    WireClient client = client(account);
    client.create();
    client.say("quick", "m-1", 0).awaitEvent("response");
  }

  private WireClient client(String account) {
    WireClient client = gateway.connect(account);
    clients.add(client);
    return client;
  }
}
