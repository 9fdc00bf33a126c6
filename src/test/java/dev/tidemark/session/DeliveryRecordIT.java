package dev.tidemark.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.RefusingTrigger;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import jakarta.json.Json;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The records of clients that join, read, lag, leave and are lost. */
final class DeliveryRecordIT {
  private static final Map<String, String> OFTEN =
      Map.of("tidemark.access.record-every-millis", "250", "tidemark.delivery.poll-millis", "200");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway = Gateway.start("readers", OFTEN);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private final TestDatabase database = gateway.database();

  @Test
  void aReaderIsFollowedFromItsJoinToItsLeave() {
    try (WireClient reader = gateway.connect("alice");
        WireClient writer = gateway.connect("alice")) {
      String sessionId = writer.create().string("session_id");
      reader.join(sessionId, 0, "batch", "compact");
      long head = ask(writer, "one two three", "m-1");
      reader.awaitSeq(head);
      awaitHistory(sessionId, "replay", "status || ' ' || sent_cursor", "connected " + head);
      reader.send("{\"type\":\"leave\"}").await("left");
      awaitHistory(sessionId, "replay", "left_why || ' ' || sent_cursor", "left " + head);

      assertEquals(
          List.of(List.of("alice", "left", true, 0L, "{batch,compact}", true)),
          database.rows(
              """
              select principal, status, user_agent like 'Java%', baseline, capabilities::text, close_code is null
                from audit.join_history where session_id = ? and outcome = 'replay'""",
              sessionId));
      assertEquals(
          List.of(List.of(1L, head)),
          database.rows(
              """
              select min(from_cursor), max(until_cursor) from audit.reading_history
               where session_id = ? and what = 'events' and compact_until is not null""",
              sessionId));
    }
  }

  @Test
  void itIsToldHowEachReaderLeft() {
    try (WireClient owner = gateway.connect("alice")) {
      String sessionId = owner.create().string("session_id");
      try (WireClient closing = gateway.connect("alice")) {
        closing.join(sessionId);
      }
      WireClient lost = gateway.connect("alice");
      lost.join(sessionId, 0);
      lost.cut();
      WireClient broken = gateway.connect("alice");
      broken.join(Json.createObjectBuilder().add("session_id", sessionId).add("snapshot", true));
      for (int i = 0; i < 11; i++) {
        broken.send("{");
      }
      assertEquals(4028, broken.awaitClose());
      owner.join(sessionId);

      Awaitility.await("four leaves")
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertEquals(
                      List.of("closed 1000", "lost 1006", "rejoined", "too_many_bad_frames 4028"),
                      database
                          .rows(
                              "select concat_ws(' ', left_why, close_code) from audit.join_history where session_id = ? and status = 'left' order by 1",
                              sessionId)
                          .stream()
                          .map(row -> row.get(0))
                          .toList()));
    }
  }

  @Test
  void whatAClientHadOnItsScreenIsToldAsPreciselyAsItIsPromised() {
    try (WireClient reader = gateway.connect("alice");
        WireClient writer = gateway.connect("alice")) {
      String sessionId = writer.create().string("session_id");
      reader.join(sessionId, 0);
      writer.say("word ".repeat(120), "m-1", 20);
      List<Timestamp> moments = new ArrayList<>();
      List<SortedSet<Long>> had = new ArrayList<>();
      for (int seq = 20; seq <= 100; seq += 20) {
        reader.awaitSeq(seq);
        had.add(cursors(reader)); // before the query: the client had at least these by then
        moments.add(database.value(Timestamp.class, "select clock_timestamp()"));
      }
      reader.awaitEvent("stream_end");
      long head = cursors(reader).last();
      awaitHistory(sessionId, "replay", "'' || sent_cursor", "" + head);

      for (int i = 0; i < moments.size(); i++) {
        SortedSet<Long> perhaps = new TreeSet<>();
        SortedSet<Long> certain = new TreeSet<>();
        database
            .rows(
                "select cursor, certain, created_at <= ? from audit.screen_at(?, 'alice', ?) where how = 'sent'",
                moments.get(i),
                sessionId,
                moments.get(i))
            .forEach(
                row -> {
                  assertEquals(true, row.get(2));
                  perhaps.add((Long) row.get(0));
                  if ((Boolean) row.get(1)) {
                    certain.add((Long) row.get(0));
                  }
                });
        assertTrue(perhaps.containsAll(had.get(i)), had.get(i) + " not within " + perhaps);
        assertTrue(perhaps.containsAll(certain), certain + " not within " + perhaps);
      }
      Awaitility.await("the last row may say that the end is still on its way")
          .atMost(WireClient.PATIENCE)
          .untilAsserted(
              () ->
                  assertEquals(
                      0L,
                      database.value(
                          Long.class,
                          """
                          select count(*) from audit.screen_at(?, 'alice', clock_timestamp())
                           where not certain or sent_by is null or sent_by < created_at
                              or sent_after > sent_by""",
                          sessionId)));
    }
  }

  @Test
  void aResyncOfAConnectedClientIsARowOfItsOwnAndItsReadingBeginsAnew() {
    try (WireClient reader = gateway.connect("bob")) {
      String sessionId = reader.create().string("session_id");
      long head = ask(reader, "before", "m-1");
      database.execute("select tidemark.begin_epoch('a test')");
      Frame snapshot = reader.await("snapshot");
      assertEquals("epoch_changed", snapshot.string("reason"));
      long after = ask(reader, "after", "m-2");
      Awaitility.await("the resync")
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertEquals(
                      List.of(List.of(false, "epoch_changed", head, head)),
                      database.rows(
                          """
                          select at_join, reason, from_cursor, snapshot_cursor from audit.resync_history
                           where session_id = ? and principal = 'bob'""",
                          sessionId)));
      awaitHistory(sessionId, "created", "resyncs || ' ' || sent_cursor", "1 " + after);
      assertEquals(
          List.of(head, after),
          database
              .rows(
                  """
                  select max(cursor) filter (where how = 'snapshot'), max(cursor) filter (where how = 'sent')
                    from audit.screen_at(?, 'bob', clock_timestamp())""",
                  sessionId)
              .get(0));
    }
  }

  @Test
  void aResyncAtAJoinHasItsReasonAndItsSnapshot() {
    try (WireClient reader = gateway.connect("alice")) {
      String sessionId = reader.create().string("session_id");
      long head = ask(reader, "hi", "m-1");
      database.raiseFloor(sessionId, head);
      reader.join(sessionId, 1);
      assertEquals(
          List.of(List.of(true, "below_floor", 1L, head)),
          database.rows(
              "select at_join, reason, from_cursor, snapshot_cursor from audit.resync_history where session_id = ?",
              sessionId));
    }
  }

  @Test
  @SuppressWarnings("try") // the trigger is only there
  void whatTheDatabaseRefusesNowIsWrittenLater() {
    try (WireClient reader = gateway.connect("alice")) {
      String sessionId = reader.create().string("session_id");
      gateway.awaitMetric("tidemark_records_waiting", 0); // those of earlier tests
      try (RefusingTrigger trigger =
          RefusingTrigger.onInsert(database, "tidemark.leave_record", "true")) {
        reader.send("{\"type\":\"leave\"}").await("left");
        Awaitility.await("a leave that waits")
            .atMost(PATIENCE)
            .until(() -> gateway.metric("tidemark_records_waiting") > 0);
        assertEquals(
            0L,
            database.value(
                Long.class,
                "select count(*) from audit.join_history where session_id = ? and status = 'left'",
                sessionId));
      }
      awaitHistory(sessionId, "created", "left_why", "left");
    }
  }

  @Test
  void ofANodeThatDiedItIsKnownUntilWhenAndOfOneThatStoppedEverything() {
    Gateway dying = gateway.startNode("readers-dying", OFTEN);
    Gateway stopping = gateway.startNode("readers-stopping", OFTEN);
    try (dying;
        stopping;
        WireClient atDying = dying.connect("alice");
        WireClient atStopping = stopping.connect("bob")) {
      String doomed = atDying.create().string("session_id");
      String told = atStopping.create().string("session_id");
      long head = ask(atDying, "hi", "m-1");
      awaitHistory(doomed, "created", "status || ' ' || sent_cursor", "connected " + head);
      dying.server().kill();
      stopping.server().close();

      awaitHistory(doomed, "created", "status || ' ' || sent_cursor", "unknown " + head);
      assertEquals(
          List.of(List.of(true, true)),
          database.rows(
              """
              select h.known_until = n.seen_at, n.stopped_at is null
                from audit.join_history h join tidemark.node_record n using (node) where session_id = ?""",
              doomed));
      assertEquals(
          List.of(List.of("left", true)),
          database.rows(
              """
              select h.status, n.stopped_at is not null
                from audit.join_history h join tidemark.node_record n using (node) where session_id = ?""",
              told));
    }
  }

  private static SortedSet<Long> cursors(WireClient client) {
    SortedSet<Long> cursors = new TreeSet<>();
    client.events().forEach(frame -> cursors.add(frame.seq().getAsLong()));
    return cursors;
  }

  /** Says something and returns the cursor of the end of its turn. */
  private static long ask(WireClient client, String content, String messageId) {
    int before = client.frames().size();
    client.say(content, messageId, 0);
    return client
        .await(
            "stream_end",
            frame -> frame.seq().isPresent() && frame.event().is("stream_end"),
            before)
        .seq()
        .getAsLong();
  }

  private void awaitHistory(String sessionId, String outcome, String what, String expected) {
    Awaitility.await(expected)
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertEquals(
                    expected,
                    database.value(
                        String.class,
                        "select "
                            + what
                            + " from audit.join_history where session_id = ? and outcome = ?",
                        sessionId,
                        outcome)));
  }
}
