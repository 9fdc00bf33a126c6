package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import jakarta.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * An event that was removed from the log is never passed over, one that was put there is not sent,
 * and neither floods the server's log.
 */
final class DamagedLogIT {
  private static final long MISSING = 5;

  private static Gateway gateway;
  private static Gateway other;

  @BeforeAll
  static void startWithoutMemory() {
    Map<String, String> noTail = Map.of("tidemark.delivery.tail-events", "0");
    gateway = Gateway.start("damaged", noTail);
    other = gateway.startNode("damaged-other", noTail);
  }

  @AfterAll
  static void stop() {
    other.close();
    gateway.close();
  }

  @Test
  void whoNeedsItGetsAllBeforeItAndTheRestWhenItIsBack() {
    try (WireClient speaker = gateway.connect("alice")) {
      String sessionId = speaker.create().string("session_id");
      long head = speaker.say("a few words", "m-1", 0).awaitEvent("stream_end").number("seq");
      long key = gateway.database().sessionKey(sessionId);
      gateway
          .database()
          .execute(
              """
              create table taken as select * from tidemark.event where session_key = %1$d and cursor = %2$d;
              delete from tidemark.event where session_key = %1$d and cursor = %2$d"""
                  .formatted(key, MISSING));
      try (WireClient behind = gateway.connect("alice");
          WireClient beyond = gateway.connect("alice")) {
        behind.join(sessionId, 0);
        beyond.join(sessionId, MISSING);
        beyond.await("replay_complete");
        assertEquals(numbers(MISSING + 1, head), seqs(beyond));
        behind.awaitSeq(MISSING - 1);
        assertEquals(numbers(1, MISSING - 1), seqs(behind));
        double failed = gateway.metric("tidemark_deliveries_failed_total");
        Awaitility.await("more looks for it")
            .atMost(Duration.ofSeconds(60))
            .until(() -> gateway.metric("tidemark_deliveries_failed_total") >= failed + 2);
        assertEquals(numbers(1, MISSING - 1), seqs(behind));
        assertEquals(
            "TIDE0408 The log is damaged; clients that need this event wait: Event %d of session '%s' of tenant 'default' is missing, or is there twice."
                .formatted(MISSING, sessionId),
            onlyLine(sessionId).replaceFirst(".*(?=TIDE0408)", ""));
        assertFalse(says(gateway, "DamagedLogException"), "a stack trace");

        gateway.database().execute("insert into tidemark.event select * from taken");
        behind.await("replay_complete");
        assertEquals(numbers(1, head), seqs(behind));
      }
    }
  }

  @Test
  void whatWasPutAboveTheHeadReachesNobody() {
    try (WireClient speaker = gateway.connect("alice");
        WireClient elsewhere = other.connect("alice")) {
      String sessionId = speaker.create().string("session_id");
      long first = speaker.say("the same words", "m-1", 0).awaitEvent("stream_end").number("seq");
      elsewhere.join(sessionId, 0);
      elsewhere.awaitSeq(first);
      put(sessionId, first, 2 * first + 1); // right after all that the second message brings
      long head =
          speaker.say("the same words", "m-2", 0).awaitEvent(first, "stream_end").number("seq");
      assertEquals(2 * first, head);
      elsewhere.awaitSeq(head);
      for (String[] capabilities : new String[][] {{}, {"compact"}, {"batch"}}) {
        try (WireClient behind = other.connect("alice")) {
          behind.join(sessionId, 0, capabilities);
          behind.await("replay_complete");
          assertEquals(head, seqs(behind).get(seqs(behind).size() - 1));
        }
      }
      assertEquals(numbers(1, head), seqs(elsewhere));
      assertEquals("added", verified(sessionId));
    }
  }

  @Test
  void ofTwoEventsWithOneCursorNobodyIsSentEitherUntilOneIsGone() {
    try (WireClient speaker = gateway.connect("alice")) {
      String sessionId = speaker.create().string("session_id");
      long head = speaker.say("a few words", "m-1", 0).awaitEvent("stream_end").number("seq");
      put(sessionId, MISSING, MISSING);
      try (WireClient behind = other.connect("alice");
          WireClient anew = other.connect("alice")) {
        behind.join(sessionId, 0);
        behind.awaitSeq(MISSING - 1);
        Awaitility.await("the report")
            .atMost(WireClient.PATIENCE)
            .until(() -> says(other, "Event %d of session '%s'".formatted(MISSING, sessionId)));
        anew.join(Json.createObjectBuilder().add("session_id", sessionId).add("snapshot", true));
        Frame snapshot = anew.await("snapshot");
        assertEquals(head, snapshot.number("event_cursor"));
        assertEquals(2, snapshot.json().getJsonObject("state").getJsonArray("messages").size());
        assertEquals(numbers(1, MISSING - 1), seqs(behind));
        gateway
            .database()
            .execute(
                "delete from tidemark.event where session_key = %d and type = 'forged'"
                    .formatted(gateway.database().sessionKey(sessionId)));
        behind.await("replay_complete");
        assertEquals(numbers(1, head), seqs(behind));
      }
    }
  }

  /** Inserts a copy of an event with another cursor, a microsecond later, as a superuser can. */
  private static void put(String sessionId, long copied, long cursor) {
    gateway
        .database()
        .execute(
            """
            insert into tidemark.event
              (session_key, cursor, event_id, epoch_number, type, source, payload, created_at, chain_hash)
            select session_key, %d, gen_random_uuid(), epoch_number, 'forged', source, payload,
              created_at + interval '1 microsecond', chain_hash
            from tidemark.event where session_key = %d and cursor = %d"""
                .formatted(cursor, gateway.database().sessionKey(sessionId), copied));
  }

  private static String verified(String sessionId) {
    return gateway
        .database()
        .value(
            String.class,
            "select m.kind from tidemark.session s cross join lateral tidemark.chain_misfits(s.session_key, s.session_key) m where s.session_id = ?",
            sessionId);
  }

  private static boolean says(Gateway node, String text) {
    return node.logged().stream().anyMatch(line -> line.contains(text));
  }

  private static String onlyLine(String sessionId) {
    List<String> lines =
        gateway.logged().stream()
            .filter(line -> line.contains("TIDE0408") && line.contains(sessionId))
            .toList();
    assertEquals(1, lines.size(), lines.toString());
    return lines.get(0);
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  private static List<Long> seqs(WireClient client) {
    return client.events().stream().map(frame -> frame.seq().orElseThrow()).toList();
  }
}
