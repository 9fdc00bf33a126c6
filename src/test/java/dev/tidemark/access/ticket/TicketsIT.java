package dev.tidemark.access.ticket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.GuardedGateway;
import dev.tidemark.testing.gateway.Guest;
import dev.tidemark.testing.gateway.RefusalRecord;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A page of another origin opens its socket with a ticket, and nobody else does. */
final class TicketsIT {
  private static final String ALLOWED = GuardedGateway.ALLOWED;
  private static final String FOREIGN = "https://elsewhere.example";

  private final Gateway gateway = GuardedGateway.get();
  private final Guest guest = new Guest(gateway);

  @BeforeEach
  void forgetTheTicketsOfOtherTests() {
    gateway.database().execute("delete from tidemark.ticket");
  }

  @Test
  void aTicketOpensTheSocketOfItsCallerAndTheServerSpeaksOnlyItsOwnProtocol() throws Exception {
    HttpResponse<String> issued = issue("bob", ALLOWED);
    assertEquals("no-store", issued.headers().firstValue("Cache-Control").orElseThrow());
    assertEquals(30, json(issued).getInt("expires_in"));
    try (WireClient page = guest.connectWithTicket(ticket(issued), ALLOWED)) {
      assertEquals("tidemark.v1", page.subprotocol());
      String sessionId = page.create().string("session_id");
      try (WireClient program = guest.connect("bob")) {
        assertEquals("", program.subprotocol());
        assertTrue(program.join(sessionId).is("joined"), "both are bob");
      }
    }
  }

  /** The database's clock is that of this machine. */
  @Test
  void aTicketHasTheTimeThatItsPageIsTold() throws Exception {
    Instant before = Instant.now();
    int seconds = json(issue("alice", ALLOWED)).getInt("expires_in");
    Instant after = Instant.now();
    Instant end =
        gateway
            .database()
            .value(Timestamp.class, "select expires_at from tidemark.ticket")
            .toInstant();
    assertFalse(end.isBefore(before.plusSeconds(seconds).minusMillis(10)), before + " " + end);
    assertFalse(end.isAfter(after.plusSeconds(seconds).plusMillis(10)), after + " " + end);
  }

  @Test
  void eachTicketHasManyBitsOfItsOwn() throws Exception {
    Set<String> tickets = new HashSet<>();
    for (int i = 0; i < GuardedGateway.TICKETS; i++) {
      String ticket = ticket(issue("alice", ALLOWED));
      assertEquals(32, Base64.getUrlDecoder().decode(ticket).length);
      tickets.add(ticket.substring(0, 20));
      tickets.add(ticket.substring(20));
    }
    assertEquals(2 * GuardedGateway.TICKETS, tickets.size(), "no part is in another one");
  }

  @Test
  void theDatabaseHasNoTicketButItsHash() throws Exception {
    String ticket = ticket(issue("alice", ALLOWED));
    assertEquals(
        List.of(List.of("alice", ALLOWED, true)),
        gateway
            .database()
            .rows(
                "select principal, origin, ticket_hash = sha256(convert_to('"
                    + ticket
                    + "', 'UTF8')) from tidemark.ticket"));
    assertEquals(0L, gateway.database().mentions(ticket));
  }

  @Test
  void aTicketIsSpentOnce() throws Exception {
    String ticket = ticket(issue("alice", ALLOWED));
    guest.connectWithTicket(ticket, ALLOWED).close();
    assertRefused(401, "ticket_refused", ticket, ALLOWED);
    awaitRecorded("ticket_refused", 401);
    assertEquals(0L, gateway.database().mentions(ticket));
  }

  @Test
  void aLateTicketIsWorthNothing() throws Exception {
    String ticket = ticket(issue("alice", ALLOWED));
    gateway.database().execute("update tidemark.ticket set expires_at = clock_timestamp()");
    assertRefused(401, "ticket_refused", ticket, ALLOWED);
    Awaitility.await("it leaves")
        .atMost(WireClient.PATIENCE)
        .until(
            () ->
                gateway.database().value(Long.class, "select count(*) from tidemark.ticket") == 0);
  }

  @Test
  void aTicketThatNobodyMadeIsRefused() throws Exception {
    assertRefused(401, "ticket_refused", "x".repeat(43), ALLOWED);
    assertRefused(401, "ticket_refused", "short", ALLOWED);
    assertRefused(401, "ticket_refused", "a, ticket.b", ALLOWED);
  }

  @Test
  void aTicketInTheHandsOfAnotherPageIsSpentForNothing() throws Exception {
    String own = "http://127.0.0.1:" + gateway.server().httpPort();
    String ticket = ticket(issue("alice", ALLOWED));
    assertRefused(403, "foreign_origin", ticket, FOREIGN);
    assertRefused(403, "not_your_ticket", ticket, own);
    assertRefused(401, "ticket_refused", ticket, ALLOWED);
    awaitRecorded("not_your_ticket", 403);
  }

  @Test
  void aTicketInTheHandsOfAnotherCallerIsSpentForNothing() throws Exception {
    String ticket = ticket(issue("alice", ALLOWED));
    String bobs = guest.login("bob");
    assertRefused(403, "not_your_ticket", ticket, ALLOWED, "Cookie", bobs);
    assertRefused(401, "ticket_refused", ticket, ALLOWED);
  }

  @Test
  void aTicketDoesNotNeedTheCookieOfItsCallerNorMindIt() throws Exception {
    String alices = guest.login("alice");
    HttpResponse<String> through =
        handshake(ticket(issue("alice", ALLOWED)), ALLOWED, "Cookie", alices);
    assertEquals(426, through.statusCode(), "past every guard: " + through.body());
  }

  @Test
  void ticketsAreForUsersWhoHaveSaidWhoTheyAre() throws Exception {
    assertEquals(401, guest.ask("POST", "/api/tickets", "Origin", ALLOWED).statusCode());
    assertEquals(403, issue("auditor", ALLOWED).statusCode());
    assertEquals(403, issue("alice", FOREIGN).statusCode());
  }

  @Test
  void aCallerHasSoManyUnspentTickets() throws Exception {
    List<String> tickets = new ArrayList<>();
    for (int i = 0; i < GuardedGateway.TICKETS; i++) {
      tickets.add(ticket(issue("alice", ALLOWED)));
    }
    HttpResponse<String> refused = issue("alice", ALLOWED);
    assertEquals(429, refused.statusCode());
    assertEquals("too_many_tickets", json(refused).getString("code"));
    assertTrue(json(refused).getInt("retry_after_seconds") >= 1);
    assertTrue(refused.headers().firstValue("Retry-After").isPresent());
    assertEquals(200, issue("bob", ALLOWED).statusCode());
    guest.connectWithTicket(tickets.get(0), ALLOWED).close();
    assertEquals(200, issue("alice", ALLOWED).statusCode());
    RefusalRecord.await(gateway, 429, "too_many_tickets");
  }

  @Test
  void aTicketIsGoodOnEveryNode() throws Exception {
    Gateway one = Gateway.shared();
    Gateway another = Gateway.neighbour(); // started before the ticket's time begins
    String ticket =
        ticket(
            new Guest(one)
                .ask("POST", "/api/tickets", "Authorization", WireClient.authorization("alice")));
    try (WireClient other =
        WireClient.connect(
            another.server().socketUri("/ws"),
            handshake -> handshake.subprotocols("tidemark.v1", "ticket." + ticket))) {
      assertTrue(other.create().is("joined"));
    }
    CompletionException refused =
        assertThrows(
            CompletionException.class,
            () ->
                WireClient.connect(
                    one.server().socketUri("/ws"),
                    handshake -> handshake.subprotocols("tidemark.v1", "ticket." + ticket)));
    assertEquals(
        401, ((WebSocketHandshakeException) refused.getCause()).getResponse().statusCode());
  }

  @Test
  void theBrowserOfAnAllowedPageMayAskAndReadAndThatOfAnotherMayNot() throws Exception {
    HttpResponse<String> asked = preflight(ALLOWED);
    assertEquals(204, asked.statusCode());
    assertEquals(ALLOWED, header(asked, "Access-Control-Allow-Origin"));
    assertEquals("GET, POST", header(asked, "Access-Control-Allow-Methods"));
    assertEquals("Authorization, Content-Type", header(asked, "Access-Control-Allow-Headers"));
    assertEquals("", header(asked, "Access-Control-Allow-Credentials"));
    assertEquals("Origin", header(asked, "Vary"));
    assertEquals(ALLOWED, header(issue("alice", ALLOWED), "Access-Control-Allow-Origin"));
    HttpResponse<String> nobody = guest.ask("GET", "/api/me", "Origin", ALLOWED);
    assertEquals(401, nobody.statusCode());
    assertEquals(ALLOWED, header(nobody, "Access-Control-Allow-Origin"), "it may read why");

    for (HttpResponse<String> foreign :
        List.of(preflight(FOREIGN), guest.ask("GET", "/api/me", "Origin", FOREIGN))) {
      assertEquals("", header(foreign, "Access-Control-Allow-Origin"));
      assertEquals("", header(foreign, "Access-Control-Allow-Methods"));
    }
  }

  private HttpResponse<String> preflight(String origin) throws Exception {
    return guest.ask(
        "OPTIONS", "/api/tickets", "Origin", origin, "Access-Control-Request-Method", "POST");
  }

  private HttpResponse<String> issue(String account, String origin) throws Exception {
    return guest.ask(
        "POST",
        "/api/tickets",
        "Origin",
        origin,
        "Authorization",
        WireClient.authorization(account));
  }

  private HttpResponse<String> handshake(String ticket, String origin, String... more)
      throws Exception {
    List<String> headers =
        new ArrayList<>(
            List.of("Sec-WebSocket-Protocol", "tidemark.v1, ticket." + ticket, "Origin", origin));
    headers.addAll(List.of(more));
    return guest.ask("GET", "/ws", headers.toArray(String[]::new));
  }

  private void assertRefused(int status, String code, String ticket, String origin, String... more)
      throws Exception {
    HttpResponse<String> answer = handshake(ticket, origin, more);
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(code, json(answer).getString("code"));
  }

  private void awaitRecorded(String code, int status) {
    Awaitility.await(code)
        .atMost(WireClient.PATIENCE)
        .until(
            () ->
                gateway
                    .database()
                    .value(
                        Boolean.class,
                        "select exists (select from tidemark.refusal_record where code = ? and"
                            + " http_status = ? and remote_address = ?)",
                        code,
                        status,
                        guest.address()));
  }

  private static String ticket(HttpResponse<String> issued) {
    assertEquals(200, issued.statusCode(), issued.body());
    return json(issued).getString("ticket");
  }

  private static JsonObject json(HttpResponse<String> answer) {
    return Json.createReader(new StringReader(answer.body())).readObject();
  }

  private static String header(HttpResponse<String> answer, String name) {
    return String.join(" ", answer.headers().allValues(name));
  }
}
