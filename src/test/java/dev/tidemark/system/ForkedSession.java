package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import jakarta.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * One session and three of its clients while the database's history forks: one whose socket stays
 * open, one that left with a cursor that both lines have, one that left with the last cursor of the
 * lost line. Each must be told once and then hold the new line. Not thread-safe.
 */
final class ForkedSession implements AutoCloseable {
  private final Gateway gateway;
  private final WireClient open;
  private final String sessionId;
  private final String epoch;
  private final List<Logged> kept = new ArrayList<>();
  private long last;
  private int said;

  /** Makes the session, with a first turn that both lines have. */
  ForkedSession(Gateway gateway) {
    this.gateway = gateway;
    this.open = gateway.connect("alice");
    Frame joined = open.create();
    this.sessionId = joined.string("session_id");
    this.epoch = joined.string("epoch");
    keep();
  }

  /** Runs a turn that both lines have. */
  void keep() {
    turn();
    kept.clear();
    kept.addAll(gateway.database().log(sessionId));
  }

  /** Runs a turn that only the lost line has. */
  void lose() {
    turn();
  }

  private void turn() {
    last =
        open.say("turn " + said, "m-" + said++, 0)
            .await(
                "the end of the turn",
                frame ->
                    frame.seq().isPresent()
                        && frame.seq().getAsLong() > last
                        && frame.event().is("stream_end"),
                0)
            .number("seq");
  }

  /**
   * Requires that the database goes on from the kept events, and that each client is told of the
   * new epoch once, with a snapshot of these events, and lives on with it.
   */
  void requireOneResync(TestDatabase now) {
    List<String> line = payloads(now.log(sessionId), 0);
    assertEquals(payloads(kept, 0), line.subList(0, kept.size()));
    Frame snapshot = open.await("snapshot");
    assertEquals("epoch_changed", snapshot.string("reason"));
    assertEquals(kept.size(), snapshot.number("event_cursor"));
    assertNotEquals(epoch, snapshot.string("epoch"));
    assertLivesOn(now, open, snapshot);
    for (long cursor : new long[] {kept.size(), last}) {
      try (WireClient back = comeBack(cursor, epoch)) {
        assertEquals("epoch_changed", back.await("joined").string("resync_reason"));
        Frame told = back.await("snapshot");
        assertEquals(snapshot.string("epoch"), told.string("epoch"));
        assertLivesOn(now, back, told);
        assertIsNotToldAgain(now, back, told.string("epoch"));
      }
    }
    assertEquals(1, snapshots(open), "the others' coming back was none of its business");
  }

  /** Lets the client say something; then it must hold the new line and nothing else. */
  private void assertLivesOn(TestDatabase now, WireClient client, Frame snapshot) {
    long baseline = snapshot.number("event_cursor");
    int from = client.frames().indexOf(snapshot);
    String messageId = "new-" + said++;
    // The failover may cut the node's own look at the database: then the client is told to come
    // again.
    if (!isTaken(client, messageId)) {
      Readiness.awaitUp(gateway.server());
      assertTrue(isTaken(client, messageId));
    }
    long end = awaitQuiet(now);
    client.await("the head", frame -> frame.seq().equals(OptionalLong.of(end)), from);
    assertEquals(1, snapshots(client));
    List<Frame> frames = client.frames();
    assertEquals(
        payloads(now.log(sessionId), baseline),
        frames.subList(from, frames.size()).stream()
            .filter(frame -> frame.seq().isPresent())
            .map(frame -> frame.seq().getAsLong() + frame.data())
            .toList());
  }

  private static boolean isTaken(WireClient client, String messageId) {
    int before = client.frames().size();
    client.say("the new line", messageId, 0);
    Frame answer =
        client.await(
            "the acknowledgement",
            frame ->
                frame.is("error")
                    || (frame.is("message_ack") && messageId.equals(frame.string("message_id"))),
            before);
    if (answer.is("error")) {
      assertEquals("unavailable", answer.string("code"));
    }
    return answer.is("message_ack");
  }

  /** Asserts that a client that comes back with the new epoch is replayed to. */
  private void assertIsNotToldAgain(TestDatabase now, WireClient told, String newEpoch) {
    told.cut();
    long head = now.log(sessionId).size();
    try (WireClient again = comeBack(head - 1, newEpoch)) {
      assertFalse(again.await("joined").json().containsKey("resync_reason"));
      assertEquals(head, again.awaitSeq(head).number("seq"));
      assertEquals(0, snapshots(again));
    }
  }

  private WireClient comeBack(long cursor, String knownEpoch) {
    WireClient client = gateway.connect("alice");
    client.join(
        Json.createObjectBuilder()
            .add("session_id", sessionId)
            .add("since", cursor)
            .add("epoch", knownEpoch));
    return client;
  }

  /** Waits until no turn is left, and returns the head. */
  private long awaitQuiet(TestDatabase now) {
    org.awaitility.Awaitility.await("the end of all turns")
        .atMost(WireClient.PATIENCE)
        .until(
            () ->
                now.value(
                        Long.class,
                        "select count(*) from tidemark.turn where status in ('queued', 'running')")
                    == 0);
    List<Logged> log = now.log(sessionId);
    assertTrue(log.size() > kept.size());
    return log.size();
  }

  private static long snapshots(WireClient client) {
    return client.frames().stream().filter(frame -> frame.is("snapshot")).count();
  }

  private static List<String> payloads(List<Logged> log, long aboveCursor) {
    return log.stream()
        .filter(event -> event.cursor() > aboveCursor)
        .map(event -> event.cursor() + event.payload())
        .toList();
  }

  @Override
  public void close() {
    open.close();
  }
}
