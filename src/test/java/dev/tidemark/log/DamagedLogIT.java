package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * An event that was removed from the log is never passed over, and does not flood the server's log.
 */
final class DamagedLogIT {
  private static final long MISSING = 5;

  private static Gateway gateway;

  @BeforeAll
  static void startWithoutMemory() {
    gateway = Gateway.start("damaged", Map.of("tidemark.delivery.tail-events", "0"));
  }

  @AfterAll
  static void stop() {
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
        double failed = gateway.metric("tidemark_deliveries_failed_total");
        Awaitility.await("more looks for it")
            .atMost(Duration.ofSeconds(30))
            .until(() -> gateway.metric("tidemark_deliveries_failed_total") >= failed + 2);
        assertEquals(numbers(1, MISSING - 1), seqs(behind));
        assertEquals(1, said("TIDE0408"));
        assertFalse(console().contains("EventMissingException"), "a stack trace");

        gateway.database().execute("insert into tidemark.event select * from taken");
        behind.await("replay_complete");
        assertEquals(numbers(1, head), seqs(behind));
      }
    }
  }

  private static long said(String id) {
    return console().lines().filter(line -> line.contains(id)).count();
  }

  private static String console() {
    try {
      return Files.readString(gateway.server().baseDirectory().resolve("console.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  private static List<Long> seqs(WireClient client) {
    return client.events().stream().map(frame -> frame.seq().orElseThrow()).toList();
  }
}
