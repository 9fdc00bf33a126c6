package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The two ways into a session: welcomes, refusals, and the state that a refusal leaves alone. */
final class DoorsIT {
  private final Scene scene = new Scene();

  @Test
  void helloTellsWhatThisGatewayCanDoAndWhatItAllows() {
    try (WireClient client = scene.alice()) {
      JsonObject ok = Door.HELLO.enter(client, Door.newSession()).json();
      assertEquals(1, ok.getInt("protocol"));
      JsonObject features = ok.getJsonObject("features");
      assertEquals(
          List.of("hello", "join", "message", "abort", "leave", "ping", "pong", "auth"),
          texts(features, "methods"));
      assertTrue(texts(features, "events").containsAll(Set.of("message", "token_stream")));
      JsonObject policy = ok.getJsonObject("policy");
      assertEquals(1_048_576, policy.getInt("max_payload"));
      assertEquals(30_000, policy.getInt("heartbeat_ms"));
      assertEquals(75_000, policy.getInt("dead_after_ms"));
      assertEquals(10, policy.getInt("max_bad_frames"));
      assertEquals(1_024, policy.getInt("replay_page"));
      assertEquals(604_800_000, policy.getInt("replay_window_ms"));
      assertEquals(100_000, policy.getInt("replay_window_events"));
    }
  }

  @Test
  void aCapabilityThatIsNotAskedForOrNotKnownIsNotGranted() {
    String sessionId = scene.sessionWith("many tokens to leave out");
    try (WireClient client = scene.alice()) {
      List<Frame> frames =
          Door.HELLO.entered(
              client,
              Door.session(sessionId)
                  .add("since", 0)
                  .add("capabilities", Json.createArrayBuilder(List.of("x"))));
      assertEquals(List.of(), texts(frames.get(0).json(), "capabilities"));
      assertTrue(frames.stream().noneMatch(frame -> frame.json().containsKey("from_seq")));
      scene.assertSawLogFrom(client, sessionId, 0);
    }
  }

  private static List<String> texts(JsonObject from, String field) {
    return from.getJsonArray(field).getValuesAs(JsonString.class).stream()
        .map(JsonString::getString)
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void withoutASessionIdThereIsANewSessionWhoseIdNobodyCanGuess(Door door) {
    try (WireClient client = scene.alice()) {
      Frame first = door.enter(client, Door.newSession());
      Frame second = door.enter(client, Door.newSession());
      assertNotEquals(first.string("session_id"), second.string("session_id"));
      assertEquals(24, first.string("session_id").length());
      assertFalse(first.json().getBoolean("resumed"));
      assertEquals("echo", first.string("agent_id"));
    }
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void aFreeNameIsTakenOnlyWithCreateAndIsJoinedFromThenOn(Door door) {
    String name = "n-" + UUID.randomUUID();
    try (WireClient client = scene.alice()) {
      assertEquals(
          "no_such_session",
          door.refused(client, Door.session(name).add("create", false)).string("code"));
      assertEquals(0, scene.sessionsNamed(name));
      Frame created = door.enter(client, Door.session(name).add("create", true));
      assertEquals(name, created.string("session_id"));
      assertFalse(created.json().getBoolean("resumed"));
      for (boolean create : new boolean[] {true, false}) {
        Frame again = door.enter(client, Door.session(name).add("create", create));
        assertTrue(again.json().getBoolean("resumed"));
      }
      assertEquals(1, scene.sessionsNamed(name));
    }
  }

  @Test
  void ofTwoThatCreateTheSameNameAtOnceOneCreatesItAndBothAreIn() {
    for (int i = 0; i < 10; i++) {
      String name = "n-" + UUID.randomUUID();
      try (WireClient one = scene.alice();
          WireClient other = scene.alice()) {
        for (WireClient client : List.of(one, other)) {
          client.send(Door.session(name).add("create", true).add("type", "join"));
        }
        assertNotEquals(
            one.await("joined").json().getBoolean("resumed"),
            other.await("joined").json().getBoolean("resumed"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void anAgentMustExistForANewSessionAndMustBeTheOneOfAnExistingOne(Door door) {
    String sessionId = scene.sessionWith();
    String free = "n-" + UUID.randomUUID();
    try (WireClient client = scene.alice()) {
      assertRefused("unknown_agent", door.refused(client, Door.newSession().add("agent_id", "x")));
      assertRefused(
          "unknown_agent",
          door.refused(client, Door.session(free).add("agent_id", "x").add("create", true)));
      assertEquals(0, scene.sessionsNamed(free));
      assertRefused(
          "agent_mismatch", door.refused(client, Door.session(sessionId).add("agent_id", "x")));
      assertRefused(
          "agent_mismatch",
          door.refused(client, Door.session(sessionId).add("agent_id", "x").add("create", true)));
      door.enter(client, Door.session(sessionId).add("agent_id", "echo"));
    }
  }

  private static void assertRefused(String code, Frame answer) {
    assertEquals(code, answer.string("code"), answer.text());
  }

  @Test
  void aHelloOfOtherVersionsIsRefusedAndOneWithVersionOneAmongThemIsNot() {
    try (WireClient client = scene.alice()) {
      Frame refusal =
          Door.HELLO.refused(
              client, Door.newSession().add("protocol_min", 2).add("protocol_max", 3));
      assertRefused("protocol_mismatch", refusal);
      assertEquals("upgrade_client", refusal.string("next_step"));
      Door.HELLO.enter(client, Door.newSession().add("protocol_min", 0).add("protocol_max", 9));
    }
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void aSinceThatIsNoCursorIsRefusedAndNothingIsJoined(Door door) {
    String sessionId = scene.sessionWith();
    for (String since :
        List.of(
            "true", "1.5", "1.0", "-1", "1e3", "null", "\"\"", "\"x\"", "9223372036854775808")) {
      try (WireClient client = scene.alice()) {
        String type = door == Door.HELLO ? "hello" : "join";
        client.send(
            "{\"type\":\"%s\",\"session_id\":\"%s\",\"since\":%s}"
                .formatted(type, sessionId, since));
        Frame refusal = client.await("refusal", frame -> frame.json().containsKey("code"), 0);
        assertRefused("invalid_since", refusal);
        client.send("{\"type\":\"leave\"}");
        client.await("not_joined", frame -> "not_joined".equals(frame.string("code")), 1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void aRefusedJoinLeavesTheConnectionInTheSessionThatItIsIn(Door door) {
    try (WireClient client = scene.alice();
        WireClient other = scene.alice()) {
      String sessionId = door.enter(client, Door.newSession()).string("session_id");
      other.join(sessionId);
      assertRefused(
          "no_such_session", door.refused(client, Door.session("n-" + UUID.randomUUID())));
      Scene.ask(other, "still here?", "m-1");
      client.awaitEvent("stream_end");
      scene.assertSawLogFrom(client, sessionId, 0);
    }
  }

  @Test
  void aSnapshotIsGivenToWhoAsksForOneWithoutACursor() {
    String sessionId = scene.sessionWith("something");
    try (WireClient client = scene.alice()) {
      for (Door door : Door.values()) {
        Frame cut = door.entered(client, Door.session(sessionId).add("snapshot", true)).get(1);
        assertEquals("requested", cut.string("reason"));
        assertEquals(2, door.entered(client, Door.session(sessionId)).size());
        List<Frame> replay =
            door.entered(client, Door.session(sessionId).add("snapshot", true).add("since", 2));
        assertTrue(replay.stream().noneMatch(frame -> frame.is("snapshot")));
      }
    }
  }
}
