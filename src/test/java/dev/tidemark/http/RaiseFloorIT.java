package dev.tidemark.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.RefusingTrigger;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Rest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Raises floors by hand, on a gateway where owners may do so as well as administrators. */
final class RaiseFloorIT {
  private final Gateway gateway = Gateway.shared();
  private final TestDatabase database = gateway.database();
  private final Rest rest = new Rest(gateway);

  @Test
  void theOwnerIsResyncedFromTheNewFloorAndTheActIsRecorded() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      client.say("one two", "m-1", 0).awaitEvent("stream_end");
      long head = head(sessionId);

      HttpResponse<String> raised = raise("alice", sessionId, "{\"why\":\"to see it\"}");

      assertEquals(200, raised.statusCode());
      assertEquals(answer(sessionId, head + 1), raised.body());
      assertEquals(raised.body(), raise("alice", sessionId, "{}").body());
      assertEquals(
          List.of(
              List.of("alice", "default", "raise_floor", "to see it"),
              Arrays.asList("alice", "default", "raise_floor", null)),
          acts(sessionId));
      assertEquals(
          head,
          database.value(
              Long.class,
              "select events from audit.purge_history where session_id = ?",
              sessionId));

      // A client at the head goes on as if nothing had happened.
      client.say("and on", "m-2", 0);
      client.awaitSeq(head + 1);
      assertEquals("below_floor", client.join(sessionId, 0).string("resync_reason"));
      assertEquals(List.of(), database.invariantViolations());
    }
  }

  @Test
  void theAdministratorRaisesThatOfAnybodyInTheTenant() {
    String sessionId = session();
    assertEquals(answer(sessionId, head(sessionId) + 1), raise("admin", sessionId, "{}").body());
    assertEquals("admin", acts(sessionId).get(0).get(0));

    HttpResponse<String> unknown = raise("admin", "no-such-session", "{}");
    assertEquals(404, unknown.statusCode());
    assertTrue(unknown.body().contains("no_such_session"));
    assertEquals(List.of(), acts("no-such-session"));
  }

  /** It is done with its record or not at all, as every action of {@code AdminActions}. */
  @Test
  @SuppressWarnings("try") // the trigger is only there
  void whatCannotBeRecordedIsNotDone() {
    String sessionId = session();
    long revoked = database.value(Long.class, "select count(*) from tidemark.revocation");
    try (WireClient bob = gateway.connect("bob");
        RefusingTrigger refusing =
            RefusingTrigger.atCommit(
                database,
                "tidemark.admin_record",
                "new.target in ('%s', 'bob')".formatted(sessionId))) {
      bob.create();
      assertEquals(500, raise("admin", sessionId, "{}").statusCode());
      assertEquals(
          500, rest.send("admin", "POST", "/revocations", "{\"principal\":\"bob\"}").statusCode());
      assertEquals(1L, floor(sessionId));
      assertEquals(revoked, database.value(Long.class, "select count(*) from tidemark.revocation"));
      bob.send("{\"type\":\"ping\"}").await("pong");
    }
    assertEquals(List.of(), acts(sessionId));
    assertEquals(200, raise("admin", sessionId, "{}").statusCode());
  }

  @Test
  void nobodyElseMay() {
    String sessionId = session();
    for (String account : List.of("bob", "publisher", "auditor")) {
      assertEquals(403, raise(account, sessionId, "{}").statusCode(), account);
    }
    assertEquals(List.of(), acts(sessionId));
    assertEquals(1L, floor(sessionId));
  }

  @Test
  void aPathThatTheDatabaseCouldNotKeepIsRefusedWithAProblem() {
    List<HttpResponse<String>> refused =
        List.of(
            raise("admin", "a%00b", "{}"),
            rest.send("alice", "GET", "/sessions/a%00b/members"),
            rest.send("publisher", "POST", "/sessions/a%00b/events", "{}"),
            rest.send("alice", "DELETE", "/sessions/" + session() + "/members/a%00b"));
    for (HttpResponse<String> answer : refused) {
      assertEquals(400, answer.statusCode(), answer.body());
      assertTrue(answer.body().contains("invalid_request"), answer.body());
    }
  }

  @Test
  void aHoldKeepsTheFloorAndNothingIsRecorded() {
    String sessionId = session();
    database.rows("select tidemark.place_hold(?, 'the court', 'case 17')", sessionId);

    HttpResponse<String> refused = raise("alice", sessionId, "{}");

    assertEquals(409, refused.statusCode());
    assertTrue(refused.body().contains("on_hold"), refused.body());
    assertEquals(1L, floor(sessionId));
    assertEquals(List.of(), acts(sessionId));
  }

  @Test
  void theListSaysWhichFloorsMayBeRaised() {
    String sessionId = session();
    assertEquals(
        201,
        rest.send(
                "alice", "PUT", "/sessions/" + sessionId + "/members/bob", "{\"access\":\"write\"}")
            .statusCode());
    assertTrue(listed("alice", sessionId).contains("\"may_raise_floor\":true"));
    assertTrue(!listed("bob", sessionId).contains("may_raise_floor"));
  }

  private String session() {
    try (WireClient client = gateway.connect("alice")) {
      String sessionId = client.create().string("session_id");
      client.say("one two", "m-1", 0).awaitEvent("stream_end");
      return sessionId;
    }
  }

  private HttpResponse<String> raise(String account, String sessionId, String body) {
    return rest.send(account, "POST", "/sessions/" + sessionId + "/floor", body);
  }

  private static String answer(String sessionId, long floor) {
    return "{\"oldest_cursor\":%d,\"session_id\":\"%s\"}".formatted(floor, sessionId);
  }

  /** Returns the entry of one session in the list of sessions. */
  private String listed(String account, String sessionId) {
    String list = rest.send(account, "GET", "/sessions").body();
    return Arrays.stream(list.split("\\},\\{", -1))
        .filter(item -> item.contains(sessionId))
        .findFirst()
        .orElseThrow();
  }

  private long head(String sessionId) {
    return database.value(
        Long.class, "select head_cursor from audit.floor_status where session_id = ?", sessionId);
  }

  private long floor(String sessionId) {
    return database.value(
        Long.class, "select floor_cursor from audit.floor_status where session_id = ?", sessionId);
  }

  private List<List<Object>> acts(String sessionId) {
    return database.rows(
        "select principal, tenant, operation, why from audit.admin_history where target = ? order"
            + " by admin_id",
        sessionId);
  }
}
