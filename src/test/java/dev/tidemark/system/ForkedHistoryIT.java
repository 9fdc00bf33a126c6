package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import jakarta.json.Json;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * When the database's history forks, a cursor of the lost line never passes for one of the new:
 * every client is told once and then holds the new line. The fork is a real one: a copy of the
 * cluster's files is promoted, while the original has gone on.
 */
final class ForkedHistoryIT {
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway = Gateway.startWithOwnCluster("epoch", Map.of());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void theDatabaseIsThere() {
    if (!gateway.cluster().isRunning()) { // an earlier test failed halfway
      gateway.cluster().start();
    }
    Readiness.awaitUp(gateway.server());
  }

  @AfterEach
  void theInvariantsHold() {
    assertEquals(List.of(), gateway.database().invariantViolations());
  }

  @Test
  void anOpenConnectionNoticesThatTheDatabaseWasForkedAndHoldsTheNewLine() {
    try (WireClient open = gateway.connect("alice")) {
      String sessionId = sessionWithATurn(open);
      String lostEpoch = open.await("joined").string("epoch");
      long kept = gateway.database().log(sessionId).size();
      goOnAfterABackUp(() -> open.say("is lost", "m-lost", 0).awaitEvent(kept, "stream_end"));

      promoteTheBackUp();

      Frame snapshot = open.await("snapshot");
      assertEquals("epoch_changed", snapshot.string("reason"));
      assertEquals(kept, snapshot.number("event_cursor"));
      assertNotEquals(lostEpoch, snapshot.string("epoch"));
      open.say("goes on", "m-new", 0);
      assertHoldsTheLineAfter(open, sessionId, snapshot);
    }
  }

  @Test
  void aClientThatComesBackWithACursorOfTheLostLineIsToldOnceAndHoldsTheNewLine() {
    String sessionId;
    String lostEpoch;
    long[] lost = new long[1];
    try (WireClient before = gateway.connect("alice")) {
      sessionId = sessionWithATurn(before);
      lostEpoch = before.await("joined").string("epoch");
      long kept = gateway.database().log(sessionId).size();
      goOnAfterABackUp(
          () ->
              lost[0] =
                  before.say("lost", "m-lost", 0).awaitEvent(kept, "stream_end").number("seq"));
    }
    promoteTheBackUp();
    // The new line grows past the client's cursor of the lost line: only the epoch tells them
    // apart.
    try (WireClient other = gateway.connect("alice")) {
      long kept = other.join(sessionId).number("cursor");
      other.say("the new line is the longer one, by some words", "m-new", 0);
      other.awaitEvent(kept, "stream_end");
      assertTrue(gateway.database().log(sessionId).size() > lost[0]);
    }
    try (WireClient back = gateway.connect("alice")) {
      Frame joined =
          back.join(
              Json.createObjectBuilder()
                  .add("session_id", sessionId)
                  .add("since", lost[0])
                  .add("epoch", lostEpoch));
      assertEquals("epoch_changed", joined.string("resync_reason"));
      Frame snapshot = back.await("snapshot");
      back.say("goes on", "m-newer", 0);
      assertHoldsTheLineAfter(back, sessionId, snapshot);
    }
  }

  @Test
  void aSessionThatTheForkTookIsGoneAndItsKeyIsGivenToNobody() {
    try (WireClient open = gateway.connect("alice")) {
      String[] lost = new String[1];
      long[] lostKey = new long[1];
      goOnAfterABackUp(
          () -> {
            lost[0] = sessionWithATurn(open);
            lostKey[0] = gateway.database().sessionKey(lost[0]);
          });

      promoteTheBackUp();

      assertEquals("no_such_session", open.await("error").string("code"));
      assertEquals(1011, open.awaitClose());
      try (WireClient back = gateway.connect("alice")) {
        assertEquals("no_such_session", back.join(lost[0], 0).string("code"));
        String made = back.create().string("session_id");
        assertTrue(gateway.database().sessionKey(made) > lostKey[0] + 1_000_000);
      }
    }
  }

  @Test
  void aTurnThatRunsInTheBackUpEndsOnceOnTheNewLine() {
    try (WireClient open = gateway.connect("alice")) {
      String sessionId = open.create().string("session_id");
      open.say("w ".repeat(150), "m-1", 50).awaitEvent("token_stream");
      goOnAfterABackUp(() -> open.send("{\"type\":\"abort\"}").awaitEvent("stream_end"));

      promoteTheBackUp();

      Frame snapshot = open.await("snapshot");
      awaitAfter(open, snapshot, "response");
      List<Logged> ends = ofType(sessionId, "stream_end");
      // The turn runs in the copy, but on no node: it is interrupted, then tried again.
      assertEquals(2, ends.size());
      assertEquals(1, ofType(sessionId, "turn_interrupted").size());
      assertEquals(1, ofType(sessionId, "response").size());
      assertHoldsTheLineAfter(open, sessionId, snapshot);
    }
  }

  @Test
  void aDbaBeginsAnEpochUnderOpenConnections() {
    TestDatabase database = gateway.database();
    try (WireClient first = gateway.connect("alice");
        WireClient second = gateway.connect("alice")) {
      String sessionId = sessionWithATurn(first);
      second.join(sessionId, 0);
      second.await("replay_complete");
      UUID begun = database.value(UUID.class, "select tidemark.begin_epoch('a test')");
      for (WireClient client : List.of(first, second)) {
        Frame snapshot = client.await("snapshot");
        assertEquals("epoch_changed", snapshot.string("reason"));
        assertEquals(begun.toString(), snapshot.string("epoch"));
      }
      first.say("goes on", "m-2", 0);
      assertHoldsTheLineAfter(first, sessionId, first.await("snapshot"));
      assertHoldsTheLineAfter(second, sessionId, second.await("snapshot"));
    }
  }

  /** Makes a session with a turn that the client has seen to its end; returns the session's id. */
  private static String sessionWithATurn(WireClient client) {
    String sessionId = client.create().string("session_id");
    client.say("is kept", "m-kept", 0).awaitEvent("stream_end");
    return sessionId;
  }

  /** The node has to notice the stop now, not once the database is back already. */
  private static void goOnAfterABackUp(Runnable write) {
    gateway.cluster().stop();
    Readiness.awaitRefusal(gateway.server(), "The database does not answer");
    gateway.cluster().backUp();
    gateway.cluster().start();
    Readiness.awaitUp(gateway.server());
    write.run();
    gateway.cluster().stop();
    Readiness.awaitRefusal(gateway.server(), "The database does not answer");
  }

  /** The gateway waits while the copy is a standby, and works with it once it is promoted. */
  private static void promoteTheBackUp() {
    gateway.cluster().startStandbyFromBackup();
    Readiness.awaitRefusal(gateway.server(), "standby");
    long epochs = epochs();
    gateway.cluster().promote();
    Readiness.awaitUp(gateway.server());
    assertEquals(epochs + 1, epochs());
  }

  private static long epochs() {
    return gateway.database().value(Long.class, "select count(*) from tidemark.epoch");
  }

  private static List<Logged> ofType(String sessionId, String type) {
    return gateway.database().log(sessionId).stream()
        .filter(event -> event.type().equals(type))
        .toList();
  }

  private static void awaitAfter(WireClient client, Frame snapshot, String type) {
    client.await(
        type + " after the snapshot",
        frame -> frame.seq().isPresent() && frame.event().is(type),
        client.frames().indexOf(snapshot));
  }

  /** Waits for the end of the next turn; asserts that only the new line followed the snapshot. */
  private static void assertHoldsTheLineAfter(WireClient client, String sessionId, Frame snapshot) {
    long baseline = snapshot.number("event_cursor");
    awaitAfter(client, snapshot, "stream_end");
    List<Logged> line =
        gateway.database().log(sessionId).stream()
            .filter(event -> event.cursor() > baseline)
            .toList();
    OptionalLong head = OptionalLong.of(line.get(line.size() - 1).cursor());
    client.await("the head", frame -> frame.seq().equals(head), client.frames().indexOf(snapshot));
    assertEquals(1, client.frames().stream().filter(frame -> frame.is("snapshot")).count());
    List<Frame> all = client.frames();
    List<String> held =
        all.subList(all.indexOf(snapshot), all.size()).stream()
            .filter(frame -> frame.seq().isPresent())
            .map(frame -> frame.seq().getAsLong() + frame.data())
            .toList();
    assertEquals(line.stream().map(event -> event.cursor() + event.payload()).toList(), held);
  }
}
