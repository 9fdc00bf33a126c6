package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.AdvisoryGate;
import dev.tidemark.testing.database.RefusingTrigger;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of {@code docs/protocol.md} about the log: R1 and R2. */
final class LogRulesIT {
  private final Scene scene = new Scene();

  @Test
  @SuppressWarnings("try") // the triggers only have to be there
  void r1CursorsAreDenseWhoeverAppendsOnWhicheverNodeAndWhateverIsRolledBack() {
    int rounds = 12;
    try (WireClient there = Gateway.neighbour().connect("alice");
        WireClient alsoThere = Gateway.neighbour().connect("alice");
        WireClient watcher = scene.alice();
        WireClient here = scene.alice();
        WireClient alsoHere = scene.alice()) {
      String sessionId = watcher.create().string("session_id");
      List<WireClient> writers = List.of(here, alsoHere, there, alsoThere);
      writers.forEach(writer -> writer.join(sessionId));
      try (var inserts = refusing(sessionId, "sinks at insert", false);
          var commits = refusing(sessionId, "sinks at commit", true)) {
        for (int round = 0; round < rounds; round++) {
          for (WireClient writer : writers) {
            String id = round + "-" + writers.indexOf(writer);
            writer.say("floats", id, 0);
            if (round % 4 == 1) {
              writer.say("sinks at insert", "insert-" + id, 0);
              writer.say("sinks at commit", "commit-" + id, 0);
            }
          }
        }
        writers.forEach(Scene::awaitPong);
        scene.awaitQuiet(sessionId, (long) rounds * writers.size());
      }
      for (WireClient writer : writers) {
        assertEquals(rounds, count(writer, "message_ack"));
        assertEquals(2 * rounds / 4, count(writer, "error"));
      }
      List<Logged> log = scene.database().log(sessionId);
      assertEquals(
          Scene.range(1, log.size()), log.stream().map(logged -> logged.cursor()).toList());
      watcher.awaitSeq(log.size());
      scene.assertSawLogFrom(watcher, sessionId, 0);
      assertEquals(List.of(), scene.database().invariantViolations());
    }
  }

  private RefusingTrigger refusing(String sessionId, String content, boolean atCommit) {
    String condition =
        "new.session_key = %d and new.content::text = '\"%s\"'"
            .formatted(scene.sessionKey(sessionId), content);
    return atCommit
        ? RefusingTrigger.atCommit(scene.database(), "tidemark.message", condition)
        : RefusingTrigger.onInsert(scene.database(), "tidemark.message", condition);
  }

  private static long count(WireClient client, String type) {
    return client.frames().stream().filter(frame -> frame.is(type)).count();
  }

  @Test
  void r2NothingIsSeenBeforeItsCommit() throws SQLException {
    try (WireClient writer = scene.alice();
        WireClient reader = scene.alice();
        WireClient late = scene.alice();
        WireClient bystander = scene.alice()) {
      String sessionId = writer.create().string("session_id");
      reader.join(sessionId, 0);
      try (AdvisoryGate gate = scene.gateAtCommitOfMessages(sessionId)) {
        writer.say("slow to be durable", "m-1", 0);
        gate.awaitArrival(); // appended and announced, but not committed
        bystander.create();
        Scene.ask(bystander, "delivery goes on", "m-1"); // would come after any leaked event
        Scene.awaitPong(reader);
        List<Frame> joined = Door.JOIN.entered(late, Door.session(sessionId).add("since", 0));
        assertEquals(0, joined.get(0).number("cursor"));
        assertEquals(List.of("joined", "replay_complete"), Scene.types(joined));
        assertEquals(List.of(), reader.events());
        assertEquals(List.of(), writer.events());
        assertEquals(0, count(writer, "message_ack"));
        gate.open();
        reader.awaitEvent("stream_end");
      }
      Scene.awaitAck(writer, "m-1");
      for (WireClient client : List.of(writer, reader, late)) {
        client.awaitEvent("stream_end");
        scene.assertSawLogFrom(client, sessionId, 0);
      }
    }
  }

  @Test
  @SuppressWarnings("try") // the triggers only have to be there
  void r2WhatWasRolledBackIsNeverSeenAndItsNumberIsGivenAgain() {
    try (WireClient writer = scene.alice();
        WireClient reader = scene.alice()) {
      String sessionId = writer.create().string("session_id");
      reader.join(sessionId);
      try (var refused = refusing(sessionId, "never", true)) {
        writer.say("never", "m-1", 0);
        writer.await("error");
      }
      writer.say("now", "m-2", 0);
      assertEquals(1, Scene.awaitAck(writer, "m-2").number("cursor"));
      reader.awaitEvent("stream_end");
      scene.assertSawLogFrom(reader, sessionId, 0);
      assertTrue(reader.frames().stream().noneMatch(frame -> frame.text().contains("never")));
    }
  }

  @Test
  void r2TheDatabaseWaitsForTheDisk() {
    assertEquals(
        List.of(List.of("fsync", "on"), List.of("synchronous_commit", "on")),
        scene
            .database()
            .rows(
                "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit') order by name"));
    assertEquals(
        List.of(List.of("tidemark_app", "synchronous_commit=on")),
        scene
            .database()
            .rows(
                """
                select rolname, setting from pg_db_role_setting join pg_roles r on r.oid = setrole, unnest(setconfig) setting
                where setting like 'synchronous_commit=%'"""));
  }
}
