package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.RawSocket;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.SmallGateway;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A silent client is closed; a client that only answers pings stays, and learns the log's head. */
final class LivenessIT {
  /** So many heartbeats longer than a silence may last. */
  private static final int PINGS_MORE = 4;

  private final Gateway gateway = SmallGateway.get();

  @Test
  void aPingTellsTheHeadAndTheFloorOfTheSession() {
    try (WireClient client = gateway.connect("alice")) {
      Frame before = client.await("ping");
      assertFalse(before.json().containsKey("cursor"), "no session, no head");
      String sessionId = client.create().string("session_id");
      client.say("one two", "m", 0).awaitEvent("stream_end");
      long head = client.events().size();
      Frame ping = nextPing(client);
      assertEquals(head, ping.number("cursor"));
      assertEquals(1, ping.number("oldest_cursor"));
      gateway.database().raiseFloor(sessionId, 4);
      client.await(
          "a ping with the floor",
          frame ->
              frame.is("ping")
                  && frame.number("oldest_cursor") == 4
                  && frame.number("cursor") == head,
          client.frames().size());
    }
  }

  /** Both at once, for the time of both is the same. */
  @Test
  void aPeerThatAnswersNoPingIsClosedAndAClientThatOnlyAnswersPingsStays() throws Exception {
    try (WireClient quiet = gateway.connect("alice");
        RawSocket dead = gateway.connectRaw("alice")) {
      quiet.create();
      long joined = System.nanoTime();
      dead.send("{\"type\":\"join\"}");
      assertEquals("silent", dead.await("error").string("code"));
      assertEquals(4002, dead.awaitClose());
      long silentMillis = Duration.ofNanos(System.nanoTime() - joined).toMillis();
      assertTrue(
          silentMillis >= SmallGateway.SILENCE_MILLIS, "not before its time: " + silentMillis);
      for (int i = 0; i < PINGS_MORE; i++) {
        nextPing(quiet);
      }
      assertTrue(quiet.closeCode().isEmpty());
    }
  }

  private static Frame nextPing(WireClient client) {
    return client.await("ping", client.frames().size());
  }
}
