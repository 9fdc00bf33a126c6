package dev.tidemark.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.container.EverybodyIn;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Rest;
import jakarta.json.Json;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The database refuses foreign sessions even where the gateway's own check lets everybody in. */
final class SecondWallIT {
  private static final int TIMES = 20;

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway = Gateway.startWithAgents("no-first-wall", Map.of(), EverybodyIn.class);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void aForeignSessionIsStillNoSession() {
    try (WireClient alice = gateway.connect("alice");
        WireClient bob = gateway.connect("bob")) {
      String sessionId = alice.create().string("session_id");
      alice.say("a secret", "m-1", 0).awaitEvent("stream_end");
      assertEquals("no_such_session", bob.join(sessionId).string("code"));
      assertEquals("no_such_session", bob.join(sessionId, 0).string("code"));
      assertEquals(
          "no_such_session",
          bob.join(Json.createObjectBuilder().add("session_id", sessionId).add("snapshot", true))
              .string("code"));
      Rest rest = new Rest(gateway);
      assertEquals(
          404, rest.send("bob", "GET", "/sessions/" + sessionId + "/members").statusCode());
      assertFalse(rest.send("bob", "GET", "/sessions").body().contains(sessionId));
    }
  }

  /** Joins that come together share their statements. */
  @Test
  void norIsItWhenItsOwnerJoinsAtTheSameTime() {
    try (WireClient alice = gateway.connect("alice");
        WireClient bob = gateway.connect("bob")) {
      String sessionId = alice.create().string("session_id");
      for (int i = 0; i < TIMES; i++) {
        CompletableFuture<String> owner =
            CompletableFuture.supplyAsync(() -> alice.join(sessionId).type());
        assertEquals("no_such_session", bob.join(sessionId).string("code"));
        assertEquals("joined", owner.join());
      }
    }
  }
}
