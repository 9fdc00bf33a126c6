package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Rest;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A session is shared by its owner, to read or to write, and programs publish into it. */
final class SharingIT {
  private static final String READ = "{\"access\":\"read\"}";
  private static final String WRITE = "{\"access\":\"write\"}";

  private final Scene scene = new Scene();
  private final Rest rest = new Rest(scene.gateway());

  @Test
  void aReaderFollowsAndSaysNothing() {
    String sessionId = scene.sessionWith("before");
    assertEquals(201, share(sessionId, "bob", READ));
    try (WireClient alice = scene.alice();
        WireClient bob = scene.bob()) {
      assertEquals("read", bob.join(sessionId, 0).string("access"));
      assertEquals("write", alice.join(sessionId).string("access"));
      bob.await("replay_complete");
      long head = scene.head(sessionId);
      assertEquals("not_allowed", refused(bob, "{\"type\":\"message\",\"content\":\"x\"}"));
      assertEquals("not_allowed", refused(bob, "{\"type\":\"abort\"}"));
      assertEquals(head, scene.head(sessionId), "nothing was appended");
      Scene.ask(alice, "for both", "m-1");
      bob.awaitSeq(scene.head(sessionId));
    }
  }

  @Test
  void aWriterSaysMessagesUntilTheOwnerMakesAReaderOfThem() {
    String sessionId = scene.sessionWith();
    assertEquals(201, share(sessionId, "bob", WRITE));
    assertEquals(204, share(sessionId, "bob", WRITE));
    try (WireClient bob = scene.bob()) {
      assertEquals("write", bob.join(sessionId).string("access"));
      Scene.ask(bob, "from Bob", "m-1");
      assertEquals(204, share(sessionId, "bob", READ));
      Awaitility.await("the poll has seen it")
          .atMost(WireClient.PATIENCE)
          .until(() -> answer(bob, "{\"type\":\"abort\"}"), "not_allowed"::equals);
      assertTrue(bob.closeCode().isEmpty());
    }
    assertEquals(
        List.of(List.of("bob", true, "alice", true), List.of("bob", false, "alice", false)),
        scene
            .database()
            .rows(
                """
                select principal, may_write, coalesce(removed_by, added_by), removed_at is not null
                from tidemark.session_member join tidemark.session using (session_key)
                where session_id = ? order by member_id""",
                sessionId));
  }

  @Test
  void whoIsTakenOutIsSentAwayOnAllNodes() {
    String sessionId = scene.sessionWith("before");
    share(sessionId, "bob", WRITE);
    try (WireClient there = Gateway.neighbour().connect("bob");
        WireClient owner = Gateway.neighbour().connect("alice");
        WireClient here = scene.bob()) {
      Stream.of(here, there, owner).forEach(client -> client.join(sessionId));
      assertEquals(204, rest.send("alice", "DELETE", member(sessionId, "bob")).statusCode());
      for (WireClient bob : List.of(here, there)) {
        assertEquals(4003, bob.awaitClose());
        assertEquals("no_longer_member", bob.await("error").string("code"));
      }
      Scene.ask(owner, "alone again", "m-1");
    }
    try (WireClient bob = scene.bob()) {
      assertEquals("no_such_session", bob.join(sessionId).string("code"));
    }
  }

  @Test
  void aMemberMayGoAndTakeNobodyAlong() {
    String sessionId = scene.sessionWith();
    share(sessionId, "bob", WRITE);
    share(sessionId, "carol", READ);
    assertEquals(403, rest.send("bob", "DELETE", member(sessionId, "carol")).statusCode());
    assertEquals(403, rest.send("bob", "PUT", member(sessionId, "dave"), WRITE).statusCode());
    assertEquals(204, rest.send("bob", "DELETE", member(sessionId, "bob")).statusCode());
    assertEquals(404, rest.send("bob", "DELETE", member(sessionId, "bob")).statusCode());
    JsonObject left = json(rest.send("alice", "GET", "/sessions/" + sessionId + "/members"));
    assertEquals(1, left.getJsonArray("members").size());
    assertEquals("carol", left.getJsonArray("members").getJsonObject(0).getString("principal"));
  }

  @Test
  void aSharedSessionIsInTheListOfItsMembersAndSaysSo() {
    String sessionId = scene.sessionWith("x");
    assertFalse(rest.send("bob", "GET", "/sessions").body().contains(sessionId));
    share(sessionId, "bob", READ);
    assertEquals("read", listed("bob", sessionId).getString("access"));
    assertEquals("alice", listed("bob", sessionId).getString("owner"));
    assertEquals("owner", listed("alice", sessionId).getString("access"));
  }

  @Test
  void whatIsNoMemberIsRefusedWithTheReason() {
    String sessionId = scene.sessionWith();
    assertEquals("is_owner", code(rest.send("alice", "PUT", member(sessionId, "alice"), READ)));
    for (String body : List.of("{}", "[]", "{\"access\":\"all\"}", "no json", "{\"access\":1}")) {
      HttpResponse<String> answer = rest.send("alice", "PUT", member(sessionId, "bob"), body);
      assertEquals(400, answer.statusCode(), body);
      assertEquals("invalid_request", code(answer));
    }
    assertEquals(400, share(sessionId, "x".repeat(129), READ));
    assertEquals(201, share(sessionId, "x".repeat(128), READ));
    assertEquals("no_such_member", code(rest.send("alice", "DELETE", member(sessionId, "nobody"))));
  }

  @Test
  void noMoreThanTheLimitAreMembers() {
    String sessionId = scene.sessionWith();
    scene
        .database()
        .execute(
            """
            insert into tidemark.session_member (session_key, principal, may_write, added_by)
            select session_key, 'p-' || n, false, 'alice' from tidemark.session, generate_series(1, 99) n where session_id = '%s'"""
                .formatted(sessionId));
    assertEquals(201, share(sessionId, "the-hundredth", READ));
    HttpResponse<String> oneMore = rest.send("alice", "PUT", member(sessionId, "bob"), READ);
    assertEquals(409, oneMore.statusCode());
    assertEquals("too_many_members", code(oneMore));
    assertEquals(204, share(sessionId, "the-hundredth", WRITE));
  }

  @Test
  void whatIsPublishedIsSeenByWhoFollows() {
    String sessionId = scene.sessionWith("before");
    try (WireClient alice = scene.alice()) {
      alice.join(sessionId);
      HttpResponse<String> published =
          publish(sessionId, "{\"type\":\"price.changed\",\"data\":{\"eur\":1.50}}");
      assertEquals(201, published.statusCode());
      Frame event = alice.awaitEvent("price.changed");
      assertEquals(event.number("seq"), json(published).getJsonNumber("cursor").longValue());
      assertEquals("publisher", event.string("source"));
      assertEquals("{\"eur\":1.50}", event.data());
      assertEquals(event.string("event_id"), json(published).getString("event_id"));
    }
  }

  @Test
  void anEventThatIsSentAgainIsAppendedOnce() {
    String sessionId = scene.sessionWith();
    UUID eventId = UUID.randomUUID();
    String event = "{\"type\":\"broadcast\",\"data\":{},\"event_id\":\"%s\"}".formatted(eventId);
    List<CompletableFuture<HttpResponse<String>>> atOnce =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> publish(sessionId, event)))
            .limit(8)
            .toList();
    List<JsonObject> answers =
        atOnce.stream().map(CompletableFuture::join).map(SharingIT::json).toList();
    assertEquals(1, scene.head(sessionId));
    assertEquals(1, answers.stream().filter(answer -> !answer.getBoolean("duplicate")).count());
    assertTrue(answers.stream().allMatch(answer -> answer.getInt("cursor") == 1));
    assertEquals(200, publish(sessionId, event).statusCode());
    assertEquals(eventId.toString(), scene.database().log(sessionId).get(0).eventId());
    scene.database().raiseFloor(sessionId, 2);
    assertEquals(201, publish(sessionId, event).statusCode(), "it is not retained any more");
    assertEquals(2, scene.head(sessionId));
    assertEquals(200, publish(sessionId, event).statusCode());
  }

  @Test
  void whatIsTheGatewaysOwnOrTooLargeIsNotPublished() {
    String sessionId = scene.sessionWith();
    for (String body :
        List.of(
            "{\"type\":\"response\",\"data\":{}}",
            "{\"type\":\"message\",\"data\":{}}",
            "{\"type\":\"state_update\",\"data\":{}}",
            "{\"type\":\"snapshot\",\"data\":{}}",
            "{\"type\":\"Broadcast\",\"data\":{}}",
            "{\"type\":\"broadcast\"}",
            "{\"type\":\"broadcast\",\"data\":[]}",
            "{\"type\":\"broadcast\",\"data\":{\"x\":\"\\u0000\"}}",
            "{\"type\":\"broadcast\",\"data\":{},\"event_id\":\"1\"}",
            "[]",
            "")) {
      assertEquals(400, publish(sessionId, body).statusCode(), body);
    }
    int room = 1_048_576 - "{\"type\":\"broadcast\",\"data\":{\"x\":\"\"}}".length();
    String max = "{\"type\":\"broadcast\",\"data\":{\"x\":\"%s\"}}";
    assertEquals(413, publish(sessionId, max.formatted("x".repeat(room + 1))).statusCode());
    assertEquals(0, scene.head(sessionId));
    assertEquals(201, publish(sessionId, max.formatted("x".repeat(room))).statusCode());
    assertEquals(404, publish(UUID.randomUUID().toString(), max.formatted("x")).statusCode());
  }

  private static String refused(WireClient client, String frame) {
    return answer(client, frame);
  }

  private static String answer(WireClient client, String frame) {
    int before = client.frames().size();
    client.send(frame);
    return client.await("an error", one -> one.is("error"), before).string("code");
  }

  private int share(String sessionId, String principal, String access) {
    return rest.send("alice", "PUT", member(sessionId, principal), access).statusCode();
  }

  private HttpResponse<String> publish(String sessionId, String event) {
    return rest.send("publisher", "POST", "/sessions/" + sessionId + "/events", event);
  }

  private static String member(String sessionId, String principal) {
    return "/sessions/" + sessionId + "/members/" + principal;
  }

  private JsonObject listed(String account, String sessionId) {
    return json(rest.send(account, "GET", "/sessions"))
        .getJsonArray("sessions")
        .getValuesAs(JsonObject.class)
        .stream()
        .filter(session -> session.getString("session_id").equals(sessionId))
        .findFirst()
        .orElseThrow();
  }

  private static String code(HttpResponse<String> answer) {
    return json(answer).getString("code");
  }

  private static JsonObject json(HttpResponse<String> answer) {
    return Json.createReader(new StringReader(answer.body())).readObject();
  }
}
