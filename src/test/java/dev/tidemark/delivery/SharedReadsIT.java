package dev.tidemark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.ReadGate;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Many clients are behind in one session: each page is read once for all of them, and the read
 * holds up no other session. Their node has nothing of the session in memory, because its events
 * were appended on another node.
 */
final class SharedReadsIT {
  private static final int CLIENTS = 60;
  private static final int PAGE_EVENTS = 64;

  private static Gateway node;

  private final Gateway gateway = Gateway.shared();
  private final TestDatabase database = gateway.database();

  @BeforeAll
  static void startNode() {
    node =
        Gateway.shared()
            .startNode(
                "returning",
                Map.of(
                    "tidemark.delivery.page-events",
                    "" + PAGE_EVENTS,
                    "tidemark.turn.lease-millis",
                    "15000"));
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @Test
  void manyWhoComeBackAtOnceReadEachPageOnceAndHoldUpNobodyMeanwhile() throws SQLException {
    List<WireClient> returning = new ArrayList<>();
    try (WireClient speaker = gateway.connect("alice");
        WireClient other = node.connect("alice")) {
      String sessionId = speaker.create().string("session_id");
      long head = saidMuch(speaker);
      other.create();
      other.say("before", "m-0", 0).awaitEvent("stream_end");
      double before;
      try (ReadGate gate = new ReadGate(database, database.sessionKey(sessionId))) {
        before = pagesRead();
        for (int i = 0; i < CLIENTS; i++) {
          WireClient client = node.connect("alice");
          returning.add(client);
          client.join(sessionId, i % 7); // not all were cut off at the same event
        }
        gate.awaitArrivals(2); // the page that all need, and the next one

        long spoken = other.events().get(other.events().size() - 1).seq().orElseThrow();
        double whileOthersWait = pagesRead();
        other.say("not held up", "m-1", 0).awaitEvent(spoken, "stream_end");
        before += pagesRead() - whileOthersWait; // without the other session's pages
        assertEquals(2, gate.arrivals(), "two reads at a time, however many wait for them");
        gate.open();
      }
      for (WireClient client : returning) {
        assertEquals(head, client.await("replay_complete").number("cursor"));
      }
      for (int i = 0; i < CLIENTS; i++) {
        assertEquals(numbers(i % 7 + 1, head), seqs(returning.get(i)));
      }
      long pages = (head + PAGE_EVENTS - 1) / PAGE_EVENTS;
      assertEquals((double) pages, pagesRead() - before);
    } finally {
      returning.forEach(WireClient::close);
    }
  }

  @Test
  void aReadThatFailsIsTriedAgainForAllWhoWait() throws SQLException {
    List<WireClient> returning = new ArrayList<>();
    try (WireClient speaker = gateway.connect("alice")) {
      String sessionId = speaker.create().string("session_id");
      long head = speaker.say("a few words", "m-1", 0).awaitEvent("stream_end").number("seq");
      try (ReadGate gate = new ReadGate(database, database.sessionKey(sessionId))) {
        gate.refuse();
        double failed = node.metric("tidemark_deliveries_failed_total");
        for (int i = 0; i < 5; i++) {
          WireClient client = node.connect("alice");
          returning.add(client);
          client.join(sessionId, 0);
        }
        Awaitility.await("a read that failed twice")
            .atMost(Duration.ofSeconds(20))
            .until(() -> node.metric("tidemark_deliveries_failed_total") >= failed + 2);
        gate.open();
        for (WireClient client : returning) {
          client.await("replay_complete");
          assertEquals(numbers(1, head), seqs(client));
        }
      }
    } finally {
      returning.forEach(WireClient::close);
    }
  }

  /** Lets the log of a session grow to some pages, and returns its head. */
  private static long saidMuch(WireClient speaker) {
    speaker.say("word ".repeat(3 * PAGE_EVENTS), "m-much", 0);
    return speaker.awaitEvent("stream_end").number("seq");
  }

  private double pagesRead() {
    return node.metric("tidemark_pages_read_total");
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  private static List<Long> seqs(WireClient client) {
    return client.events().stream().map(frame -> frame.seq().orElseThrow()).toList();
  }
}
