package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.AdvisoryGate;
import dev.tidemark.testing.gateway.Gateway;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rule of {@code docs/protocol.md} about messages of a client: R10. */
final class MessageRulesIT {
  private final Scene scene = new Scene();

  @Test
  void r10ARepeatGetsTheSameCursorBackAndNothingIsDoneAgain() {
    try (WireClient client = scene.alice()) {
      String sessionId = client.create().string("session_id");
      Scene.ask(client, "once", "m-1");
      Scene.ask(client, "between", "m-2");
      long head = scene.head(sessionId);
      client.say("once", "m-1", 0).say("with other words", "m-1", 0);
      Scene.awaitPong(client);
      assertEquals(List.of("m-1 1 false", "m-2 9 false", "m-1 1 true", "m-1 1 true"), acks(client));
      Scene.ask(client, "after", "m-3"); // a turn begun by a repeat would come before
      assertEquals(head + 1, Scene.awaitAck(client, "m-3").number("cursor"));
      assertEquals(3, scene.count(sessionId, "turn", "true"));
    }
  }

  @Test
  void r10ARepeatIsKnownOnAnotherConnectionAndOnAnotherNode() {
    try (WireClient elsewhere = Gateway.neighbour().connect("alice");
        WireClient first = scene.alice();
        WireClient second = scene.alice()) {
      String sessionId = first.create().string("session_id");
      first.say("one two three", "m-1", 50);
      Scene.awaitAck(first, "m-1");
      first.cut();
      for (WireClient again : List.of(second, elsewhere)) {
        again.join(sessionId);
        again.say("one two three", "m-1", 50);
        Frame ack = Scene.awaitAck(again, "m-1");
        assertTrue(ack.json().getBoolean("duplicate"));
        assertEquals(1, ack.number("cursor"));
      }
      scene.awaitQuiet(sessionId, 1);
      assertEquals(1, scene.count(sessionId, "event", "type = 'message'"));
      assertEquals(1, scene.count(sessionId, "turn", "true"));
    }
  }

  @Test
  void r10OfTwoConnectionsThatSendTheSameAtOnceOneIsFirst() {
    int messages = 25;
    try (WireClient elsewhere = Gateway.neighbour().connect("alice");
        WireClient one = scene.alice();
        WireClient other = scene.alice()) {
      String sessionId = one.create().string("session_id");
      other.join(sessionId);
      elsewhere.join(sessionId);
      for (int i = 0; i < messages; i++) {
        one.say("same", "m-" + i, 0);
        other.say("same", "m-" + i, 0);
        elsewhere.say("same", "m-" + i, 0);
      }
      Stream.of(one, other, elsewhere).forEach(Scene::awaitPong);
      List<String> acks =
          Stream.of(one, other, elsewhere).flatMap(client -> acks(client).stream()).toList();
      assertEquals(3 * messages, acks.size());
      assertEquals(messages, acks.stream().filter(ack -> ack.endsWith("false")).count());
      Set<String> cursors =
          acks.stream()
              .map(ack -> ack.substring(0, ack.lastIndexOf(' ')))
              .collect(Collectors.toSet());
      assertEquals(messages, cursors.size(), "each message has one cursor");
      scene.awaitQuiet(sessionId, messages);
      assertEquals(messages, scene.count(sessionId, "turn", "true"));
    }
  }

  @Test
  void r10NothingIsAcknowledgedBeforeItsCommitNotEvenAsARepeat() throws SQLException {
    try (WireClient first = scene.alice();
        WireClient second = scene.alice();
        WireClient bystander = scene.alice()) {
      String sessionId = first.create().string("session_id");
      second.join(sessionId);
      bystander.create();
      try (AdvisoryGate gate = scene.gateAtCommitOfMessages(sessionId)) {
        first.say("hello", "m-1", 0);
        gate.awaitArrival();
        second.say("hello", "m-1", 0);
        Scene.ask(bystander, "meanwhile", "m-1");
        assertEquals(List.of(), acks(first));
        assertEquals(List.of(), acks(second));
        gate.open();
        assertFalse(Scene.awaitAck(first, "m-1").json().getBoolean("duplicate"));
        assertTrue(Scene.awaitAck(second, "m-1").json().getBoolean("duplicate"));
      }
    }
  }

  @Test
  void r10WhatIsAcknowledgedIsInTheLogWithItsCursor() {
    try (WireClient client = scene.alice()) {
      String sessionId = client.create().string("session_id");
      client.send("{\"type\":\"message\",\"content\":{\"question\":\"why\"}}");
      Frame ack = client.await("message_ack");
      String payload =
          scene.database().log(sessionId).get((int) ack.number("cursor") - 1).payload();
      assertTrue(payload.contains("\"message_id\":\"" + ack.string("message_id") + "\""), payload);
      assertTrue(payload.contains("{\"question\":\"why\"}"), payload);
    }
  }

  private static List<String> acks(WireClient client) {
    return client.frames().stream()
        .filter(frame -> frame.is("message_ack"))
        .map(
            ack ->
                "%s %d %b"
                    .formatted(
                        ack.string("message_id"),
                        ack.number("cursor"),
                        ack.json().getBoolean("duplicate")))
        .toList();
  }
}
