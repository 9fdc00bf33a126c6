package dev.tidemark.access.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.RefusingTrigger;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.GuardedGateway;
import dev.tidemark.testing.gateway.Guest;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Who was let in, how, and what they read by REST is on the record; who was not let in is not. */
final class AccessRecorderIT {
  private final Gateway gateway = GuardedGateway.get();
  private final Guest guest = new Guest(gateway);

  @Test
  void everyWayInHasItsRowsAndNoneHoldsACredential() throws Exception {
    String basic = WireClient.authorization("bob");
    get("/api/me", basic);
    get("/api/me", basic);
    guest.connect("bob").close();
    String cookie = guest.login("bob");
    for (int i = 0; i < 3; i++) {
      assertEquals(200, guest.ask("GET", "/api/me", "Cookie", cookie).statusCode());
    }
    String ticket =
        json(guest.ask(
                "POST", "/api/tickets", "Authorization", basic, "Origin", GuardedGateway.ALLOWED))
            .getString("ticket");
    guest.connectWithTicket(ticket, GuardedGateway.ALLOWED).close();
    assertEquals(401, guest.tryPassword("bob", "wrong"));

    await(
        List.of(
            List.of("bob", "basic", "handshake", 1L),
            List.of("bob", "basic", "request", 3L),
            List.of("bob", "cookie", "request", 2L),
            List.of("bob", "form", "request", 1L),
            List.of("bob", "ticket", "handshake", 1L)),
        """
        select principal, how, operation, sum(times)::bigint from audit.sign_in_history
        where remote_address = ? group by 1, 2, 3 order by 1, 2, 3\
        """);
    assertEquals(
        0L,
        gateway
            .database()
            .value(
                Long.class,
                "select count(*) from tidemark.sign_in_record r where strpos(r::text, ?) > 0 or"
                    + " r::text ~ 'Basic |JSESSIONID'",
                ticket));
  }

  /** A copy of the database lets nobody in. {@code TokenExpiryIT} does the same with tokens. */
  @Test
  void noTableHoldsACredential() throws Exception {
    String keeper = GuardedGateway.KEEPER;
    String pair = keeper + ":" + GuardedGateway.KEEPERS_PASSWORD;
    String basic = Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
    String cookie = guest.login(keeper, GuardedGateway.KEEPERS_PASSWORD);
    assertEquals(200, guest.ask("GET", "/api/me", "Cookie", cookie).statusCode());
    String ticket =
        json(guest.ask("POST", "/api/tickets", "Authorization", "Basic " + basic))
            .getString("ticket");
    String spent =
        json(guest.ask("POST", "/api/tickets", "Cookie", cookie, "Origin", GuardedGateway.ALLOWED))
            .getString("ticket");
    guest.connectWithTicket(spent, GuardedGateway.ALLOWED).close();
    String wrong = "wrong-" + UUID.randomUUID();
    assertEquals(401, guest.tryPassword(keeper, wrong));
    await(
        List.of(List.of("basic"), List.of("cookie"), List.of("form"), List.of("ticket")),
        "select distinct how from audit.sign_in_history where remote_address = ? order by 1");
    await(
        List.of(List.of("auth_required")),
        "select distinct code from audit.refusal_history where remote_address = ?");
    assertTrue(gateway.database().mentions(keeper) > 0, "what is there is found");
    for (String secret :
        List.of(
            GuardedGateway.KEEPERS_PASSWORD,
            wrong,
            basic,
            ticket,
            spent,
            cookie.substring(cookie.indexOf('=') + 1, cookie.lastIndexOf('.')))) {
      assertEquals(0, gateway.database().mentions(secret), secret);
    }
  }

  @Test
  void readsAreRecordedByPathAndSessionAndRefusedOnesAreNot() throws Exception {
    String sessionId;
    try (WireClient owner = guest.connect("bob")) {
      sessionId = owner.create().string("session_id");
    }
    String members = "/api/sessions/" + sessionId + "/members";
    assertEquals(200, get("/api/sessions", WireClient.authorization("bob")));
    assertEquals(200, get("/api/sessions", WireClient.authorization("bob")));
    assertEquals(200, get(members, WireClient.authorization("bob")));
    assertEquals(404, get(members, WireClient.authorization("alice")));
    assertEquals(403, get("/api/connections", WireClient.authorization("alice")));
    assertEquals(200, get("/api/connections", WireClient.authorization("admin")));

    await(
        List.of(
            List.of("admin", "/connections", "-", 1L),
            List.of("bob", "/sessions", "-", 2L),
            List.of("bob", "/sessions/{session_id}/members", sessionId, 1L)),
        """
        select principal, path, coalesce(session_id, '-'), sum(times)::bigint from audit.rest_reading_history
        where remote_address = ? group by 1, 2, 3 order by 1, 2, 3\
        """);
    assertTrue(
        gateway
            .database()
            .value(
                Boolean.class,
                """
                select bool_and(n.access_until > r.last_at)
                from audit.rest_reading_history r join audit.node_history n using (node) where r.remote_address = ?\
                """,
                guest.address()),
        "the node says up to when its records are complete");
  }

  @Test
  @SuppressWarnings("try") // the trigger is only there
  void whatCannotBeWrittenIsWrittenLaterAndNobodyWaits() throws Exception {
    try (RefusingTrigger refusing =
        RefusingTrigger.atCommit(
            gateway.database(),
            "tidemark.sign_in_record",
            "new.remote_address = '%s'".formatted(guest.address()))) {
      assertEquals(200, get("/api/me", WireClient.authorization("alice")));
      Awaitility.await("a refused record")
          .atMost(WireClient.PATIENCE)
          .until(() -> gateway.logged().stream().anyMatch(line -> line.contains("TIDE0704")));
    }
    await(
        List.of(List.of("alice", "basic", "request", 1L)),
        """
        select principal, how, operation, sum(times)::bigint from audit.sign_in_history
        where remote_address = ? group by 1, 2, 3\
        """);
  }

  private int get(String path, String authorization) throws Exception {
    return guest.ask("GET", path, "Authorization", authorization).statusCode();
  }

  private void await(List<List<Object>> expected, String question) {
    Awaitility.await("the record")
        .atMost(WireClient.PATIENCE)
        .untilAsserted(
            () -> assertEquals(expected, gateway.database().rows(question, guest.address())));
  }

  private static JsonObject json(HttpResponse<String> response) {
    return Json.createReader(new StringReader(response.body())).readObject();
  }
}
