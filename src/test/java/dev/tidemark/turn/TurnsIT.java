package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.SmallGateway;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Turns: in order, one at a time, each with exactly one end, whatever its agent or its client does.
 */
final class TurnsIT {
  /** An operator asks and acts by name and tenant, so that is how the log names a session. */
  private void assertLogged(String id, String sessionId) {
    String named = "of session '%s' of tenant 'default'".formatted(sessionId);
    assertTrue(
        gateway.logged().stream().anyMatch(line -> line.contains(id) && line.contains(named)),
        () -> id + " " + named);
  }

  private static final List<String> TERMINAL =
      List.of("response", "aborted", "turn_failed", "turn_interrupted");

  private final Gateway gateway = SmallGateway.get();

  @Test
  void turnsOfOneSessionRunOneAfterAnotherInTheOrderOfTheirMessages() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      for (int i = 1; i <= 5; i++) {
        client.say("word", "m-" + i, 20);
      }
      awaitTurns(sessionId, 5);
      List<String> starts = messageIds(sessionId, "turn_started");
      assertEquals(List.of("m-1", "m-2", "m-3", "m-4", "m-5"), starts);
      assertEquals(starts, messageIds(sessionId, "response"));
      int running = 0;
      for (Logged event : gateway.database().log(sessionId)) {
        running += event.type().equals("turn_started") ? 1 : 0;
        running -= event.type().equals("stream_end") ? 1 : 0;
        assertTrue(running == 0 || running == 1, "two at once at " + event.cursor());
      }
    }
  }

  @Test
  void turnsOfTwoSessionsRunAtTheSameTimeAndDoNotMix() {
    try (WireClient one = gateway.connect("alice");
        WireClient other = gateway.connect("alice")) {
      one.create();
      String otherSession = other.create().string("session_id");
      one.say("one ".repeat(18).strip(), "m", 200).awaitEvent("token_stream");
      other.say("other other", "m", 0).awaitEvent("stream_end");
      assertTrue(one.events().stream().noneMatch(event -> event.is("stream_end")));
      one.awaitEvent("stream_end");
      assertTrue(tokens(one).stream().allMatch(text -> text.startsWith("one")));
      assertEquals(List.of("other ", "other"), tokens(other));
      assertEquals(
          numbers(otherSession), other.events().stream().map(e -> e.number("seq")).toList());
    }
  }

  @Test
  void aTurnGoesOnWhenItsClientLeaves() {
    String sessionId;
    try (WireClient client = gateway.connect("alice")) {
      sessionId = client.create().string("session_id");
      client.say("one two three four five", "m", 100).awaitEvent("token_stream");
      client.cut();
    }
    awaitTurns(sessionId, 1);
    assertEquals(
        5,
        gateway.database().log(sessionId).stream()
            .filter(event -> event.type().equals("token_stream"))
            .count());
    assertEquals("completed", outcomes(sessionId).get(0));
  }

  @Test
  void aFailureThatTheAgentMeansForTheClientIsTold() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      JsonObjectBuilder failing =
          Json.createObjectBuilder()
              .add(
                  "echo", Json.createObjectBuilder().add("token_delay_ms", 0).add("fail_after", 2));
      client.say("one two three", "m", failing);
      Frame failed = client.awaitEvent("turn_failed");
      assertEquals("agent_error", failed.json().getJsonObject("data").getString("reason"));
      assertEquals(
          "Failed after 2 words, as the message asked for.",
          failed.json().getJsonObject("data").getString("message"));
      assertOneEnd(client, sessionId, "failed");
    }
  }

  @Test
  void anyOtherFailureOfAnAgentIsTurnedIntoOneThatGivesNothingAway() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.createWith("broken");
      client.say("x", "m", Json.createObjectBuilder());
      assertTrue(client.awaitEvent("turn_failed").data().contains("\"The agent failed.\""));
      assertOneEnd(client, sessionId, "failed");
      assertTrue(client.frames().stream().noneMatch(frame -> frame.text().contains("swordfish")));
      assertLogged("TIDE0305", sessionId);
      client.say("y", "m-2", Json.createObjectBuilder());
      awaitTurns(sessionId, 2);
    }
  }

  @Test
  void anAbortEndsTheRunningTurnWithItsReasonAndTheNextOneRuns() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      client.send("{\"type\":\"abort\"}");
      assertEquals("no_running_turn", client.await("error").string("code"));
      client.say("one two three four five six", "m-1", 500);
      client.say("next", "m-2", 0);
      client.awaitEvent("token_stream");
      client.send("{\"type\":\"abort\",\"reason\":\"changed my mind\"}");
      Frame aborted = client.awaitEvent("aborted");
      assertEquals("changed my mind", aborted.json().getJsonObject("data").getString("reason"));
      awaitTurns(sessionId, 2);
      assertEquals(List.of("aborted", "completed"), outcomes(sessionId));
    }
  }

  @Test
  void anAgentThatDoesNotStopIsLeftBehindAndAddsNothingMore() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.createWith("stubborn");
      client.say("x", "m-1", Json.createObjectBuilder()).awaitEvent("token_stream");
      client.send("{\"type\":\"abort\"}");
      client.awaitEvent("stream_end");
      client.say("x", "m-2", Json.createObjectBuilder()); // the next turn, for this message
      client.await(
          "the next turn",
          frame -> frame.is("token_stream") && frame.number("seq") > terminal(client),
          0);
      assertEquals(1, ends(sessionId).size());
      assertLogged("TIDE0304", sessionId);
      List<Logged> log = gateway.database().log(sessionId);
      int end = types(sessionId).indexOf("stream_end");
      assertEquals("aborted", log.get(end - 1).type());
      String lost = turnOf(log.get(end));
      assertTrue(
          gateway
              .database()
              .rows(
                  "select 1 from tidemark.event where turn_id = ?::uuid and cursor > ?",
                  lost,
                  log.get(end).cursor())
              .isEmpty());
      client.send("{\"type\":\"abort\"}");
      awaitTurns(sessionId, 2);
    }
  }

  @Test
  void aTurnWhoseTimeIsUpFails() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      client.say("one two", "m", SmallGateway.TIME_LIMIT_MILLIS * 2L);
      assertTrue(client.awaitEvent("turn_failed").data().contains("\"time_limit\""));
      assertOneEnd(client, sessionId, "failed");
    }
  }

  @Test
  void aSessionWhoseAgentIsGoneGetsAFailureAndNotSilence() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      gateway
          .database()
          .execute(
              "update tidemark.session set agent_id = 'retired' where session_id = '"
                  + sessionId
                  + "'");
      client.join(sessionId);
      client.say("anybody?", "m", 0);
      assertTrue(client.awaitEvent("turn_failed").data().contains("\"unknown_agent\""));
      assertOneEnd(client, sessionId, "failed");
    }
  }

  private void assertOneEnd(WireClient client, String sessionId, String outcome) {
    client.awaitEvent("stream_end");
    assertEquals(1, ends(sessionId).size());
    assertEquals(List.of(outcome), outcomes(sessionId));
  }

  private void awaitTurns(String sessionId, int count) {
    Awaitility.await(count + " turns")
        .atMost(WireClient.PATIENCE)
        .until(() -> outcomes(sessionId).size() == count);
  }

  /** Returns the outcomes of a session's turns, in the order of the log. */
  private List<String> outcomes(String sessionId) {
    return gateway.database().log(sessionId).stream()
        .filter(event -> event.type().equals("stream_end"))
        .map(event -> event.payload().replaceAll(".*:\"|\"}", ""))
        .toList();
  }

  private List<String> ends(String sessionId) {
    return types(sessionId).stream().filter(TERMINAL::contains).toList();
  }

  private List<String> types(String sessionId) {
    return gateway.database().log(sessionId).stream().map(Logged::type).toList();
  }

  private List<Long> numbers(String sessionId) {
    return gateway.database().log(sessionId).stream().map(Logged::cursor).toList();
  }

  private List<String> messageIds(String sessionId, String type) {
    return gateway.database().log(sessionId).stream()
        .filter(event -> event.type().equals(type))
        .map(event -> event.payload().replaceAll(".*\"message_id\":\"([^\"]*)\".*", "$1"))
        .toList();
  }

  private String turnOf(Logged event) {
    return gateway
        .database()
        .value(
            String.class,
            "select turn_id::text from tidemark.event where event_id = ?::uuid",
            event.eventId());
  }

  private static long terminal(WireClient client) {
    return client.events().stream()
        .filter(event -> event.is("stream_end"))
        .findFirst()
        .orElseThrow()
        .number("seq");
  }

  private static List<String> tokens(WireClient client) {
    return client.events().stream()
        .filter(event -> event.is("token_stream"))
        .map(event -> event.json().getJsonObject("data").getString("content"))
        .toList();
  }
}
