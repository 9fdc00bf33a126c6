package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import jakarta.json.JsonObjectBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A session belongs to the principal that created it, and every join leaves a record. */
final class OwnershipIT {
  private final Scene scene = new Scene();

  @ParameterizedTest
  @EnumSource(Door.class)
  void aForeignSessionIsRefusedInTheSameBytesAsOneThatDoesNotExist(Door door) {
    String foreign = scene.sessionWith("not for Bob");
    String missing = UUID.randomUUID().toString();
    List<UnaryOperator<JsonObjectBuilder>> ways =
        List.of(
            fields -> fields,
            fields -> fields.add("since", 0),
            fields -> fields.add("since", 1_000).add("epoch", "x"),
            fields -> fields.add("snapshot", true),
            fields -> fields.add("agent_id", "x"));
    try (WireClient bob = scene.bob()) {
      for (UnaryOperator<JsonObjectBuilder> way : ways) {
        Frame ofForeign = door.refused(bob, way.apply(Door.session(foreign)));
        Frame ofMissing = door.refused(bob, way.apply(Door.session(missing)));
        assertEquals("no_such_session", ofForeign.string("code"));
        assertEquals(ofMissing.text(), ofForeign.text());
      }
      assertEquals(ways.size(), refusals(foreign).size());
      assertEquals(refusals(missing), refusals(foreign));
      assertEquals(0, scene.sessionsNamed(missing));
    }
  }

  private List<List<Object>> refusals(String sessionId) {
    return scene
        .database()
        .rows(
            """
            select principal, tenant, remote_address, session_key, since, since_epoch, outcome, reason, head_cursor, floor_cursor, events
            from tidemark.join_record where session_id = ? and principal = 'bob' order by join_id""",
            sessionId);
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void aForeignNameCannotBeTakenByCreatingIt(Door door) {
    String foreign = scene.sessionWith("Alice's");
    try (WireClient bob = scene.bob()) {
      Frame refusal = door.refused(bob, Door.session(foreign).add("create", true));
      assertEquals("no_such_session", refusal.string("code"));
      assertEquals(
          List.of(List.of("alice")),
          scene
              .database()
              .rows("select owner from tidemark.session where session_id = ?", foreign));
    }
  }

  @Test
  void whoIsRefusedHearsNothingOfTheSession() {
    try (WireClient alice = scene.alice();
        WireClient bob = scene.bob()) {
      String foreign = alice.create().string("session_id");
      Door.JOIN.refused(bob, Door.session(foreign).add("since", 0));
      Scene.ask(alice, "a secret", "m-1");
      bob.create();
      Scene.ask(bob, "my own", "m-1");
      assertFalse(bob.frames().stream().anyMatch(frame -> frame.text().contains("secret")));
    }
  }

  @Test
  void everyJoinLeavesARecordOfWhatItGot() {
    String name = "n-" + UUID.randomUUID();
    try (WireClient alice = scene.alice();
        WireClient bob = scene.bob()) {
      Door.JOIN.enter(alice, Door.session(name).add("create", true));
      Scene.ask(alice, "x", "m-1");
      long head = scene.head(name);
      Door.HELLO.enter(alice, Door.session(name));
      Door.JOIN.enter(alice, Door.session(name).add("since", 3));
      Door.HELLO.enter(alice, Door.session(name).add("since", head + 1));
      Door.JOIN.enter(alice, Door.session(name).add("since", 3).add("epoch", "lost"));
      scene.database().raiseFloor(name, 6);
      Door.JOIN.enter(alice, Door.session(name).add("since", 3));
      Door.JOIN.refused(bob, Door.session(name).add("since", 3));
      assertEquals(
          List.of(
              Arrays.asList("alice", null, null, "created", null, 0L, 1L, null),
              Arrays.asList("alice", null, null, "fresh", null, head, 1L, null),
              Arrays.asList("alice", 3L, null, "replay", null, head, 1L, head - 3),
              Arrays.asList("alice", head + 1, null, "resync", "ahead_of_head", head, 1L, null),
              Arrays.asList("alice", 3L, "lost", "resync", "epoch_changed", head, 1L, null),
              Arrays.asList("alice", 3L, null, "resync", "below_floor", head, 6L, null),
              Arrays.asList("bob", 3L, null, "refused", "no_such_session", null, null, null)),
          scene
              .database()
              .rows(
                  """
                  select principal, since, since_epoch, outcome, reason, head_cursor, floor_cursor, events
                  from tidemark.join_record where session_id = ? order by join_id""",
                  name));
    }
  }
}
