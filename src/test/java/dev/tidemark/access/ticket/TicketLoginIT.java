package dev.tidemark.access.ticket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Guest;
import dev.tidemark.testing.gateway.Rest;
import dev.tidemark.wire.CloseCode;
import jakarta.json.Json;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Whatever was made with a browser's login ends with that login, on whichever node. */
final class TicketLoginIT {
  private final Gateway one = Gateway.shared();
  private final Gateway another = Gateway.neighbour();

  @Test
  void loggingOutEndsWhatTheTicketsOfTheLoginOpenedOnEveryNodeAndNothingElse() throws Exception {
    Guest browser = new Guest(one);
    String cookie = browser.login("alice");
    String other = browser.login("alice");
    try (WireClient here = connect(one, ticket(browser, "Cookie", cookie));
        WireClient there = connect(another, ticket(browser, "Cookie", cookie));
        WireClient fresh = connect(another, ticket(browser, "Cookie", cookie));
        WireClient ofOther = connect(another, ticket(browser, "Cookie", other));
        WireClient program = connect(another, ticket(browser, basic()))) {
      here.create();
      there.create();
      ofOther.create();
      assertEquals(204, browser.ask("POST", "/api/logout", "Cookie", cookie).statusCode());
      for (WireClient client : List.of(here, there)) {
        assertEquals("logged_out", client.await("error").string("code"));
        assertEquals(CloseCode.CREDENTIALS, client.awaitClose());
      }
      assertEquals("reauthenticate", fresh.await("hello_error").string("next_step"));
      assertEquals(CloseCode.CREDENTIALS, fresh.awaitClose());
      ofOther.send("{\"type\":\"ping\"}").await("pong");
      program.send("{\"type\":\"ping\"}").await("pong");
    }
  }

  @Test
  void aTicketOfALoginThatHasEndedIsWorthNothing() throws Exception {
    Guest browser = new Guest(one);
    String cookie = browser.login("alice");
    List<String> tickets =
        List.of(ticket(browser, "Cookie", cookie), ticket(browser, "Cookie", cookie));
    Object login =
        one.database()
            .rows("select login_id from tidemark.ticket where login_id is not null")
            .get(0)
            .get(0);
    assertEquals(204, browser.ask("POST", "/api/logout", "Cookie", cookie).statusCode());
    Awaitility.await("the end of the login")
        .atMost(WireClient.PATIENCE)
        .until(
            () ->
                one.database()
                        .value(
                            Long.class,
                            "select count(*) from tidemark.browser_login where login_id = ?",
                            login)
                    == 0);
    assertRefused(one, tickets.get(0));
    assertRefused(another, tickets.get(1));
  }

  /** The ticket was redeemed before its login's end came through: the connection is found. */
  @Test
  void aConnectionThatIsOpenedInTheMomentOfTheEndIsFound() throws Exception {
    Guest browser = new Guest(one);
    String cookie = browser.login("alice");
    try (WireClient there = connect(another, ticket(browser, "Cookie", cookie))) {
      one.database().execute("delete from tidemark.browser_login");
      assertEquals(CloseCode.CREDENTIALS, there.awaitClose());
    }
  }

  @Test
  void aLoginWhoseNodeDiesEndsOnOtherNodesToo() throws Exception {
    try (Gateway mortal =
        one.startNode(
            "mortal",
            Map.of(
                "tidemark.access.login-lease-millis", "6000",
                "tidemark.turn.lease-millis", "15000"))) {
      Guest browser = new Guest(mortal);
      String cookie = browser.login("alice");
      try (WireClient there = connect(another, ticket(browser, "Cookie", cookie))) {
        there.create();
        Instant first = aliveUntil();
        Awaitility.await("the login is renewed, for longer than it was first good")
            .atMost(WireClient.PATIENCE)
            .until(() -> aliveUntil().isAfter(first.plusMillis(7_000)));
        there.send("{\"type\":\"ping\"}").await("pong");
        mortal.server().kill();
        assertEquals("logged_out", there.await("error").string("code"));
        assertEquals(CloseCode.CREDENTIALS, there.awaitClose());
      }
    }
  }

  /** Basic has no time, but the ticket has: it was made before the revocation. */
  @Test
  void aTicketOfSomebodyWhoIsRevokedIsWorthNothing() throws Exception {
    Guest program = new Guest(one);
    String unspent = ticket(program, basic());
    try (WireClient connected = connect(another, ticket(program, basic()))) {
      connected.create();
      HttpResponse<String> revoked =
          new Rest(one).send("admin", "POST", "/revocations", "{\"principal\":\"alice\"}");
      assertEquals(201, revoked.statusCode(), revoked.body());
      assertEquals(CloseCode.CREDENTIALS, connected.awaitClose());
    }
    assertRefused(another, unspent);
    one.connect("alice").close(); // the account itself is to be closed in its own store
  }

  private Instant aliveUntil() {
    return one.database()
        .value(
            java.sql.Timestamp.class,
            "select max(alive_until) from tidemark.browser_login where node like 'mortal/%'")
        .toInstant();
  }

  private static String[] basic() {
    return new String[] {"Authorization", WireClient.authorization("alice")};
  }

  private static String ticket(Guest browser, String... credentials) throws Exception {
    HttpResponse<String> issued = browser.ask("POST", "/api/tickets", credentials);
    assertEquals(200, issued.statusCode(), issued.body());
    return Json.createReader(new StringReader(issued.body())).readObject().getString("ticket");
  }

  private static WireClient connect(Gateway gateway, String ticket) {
    return WireClient.connect(
        gateway.server().socketUri("/ws"),
        handshake -> handshake.subprotocols("tidemark.v1", "ticket." + ticket));
  }

  private static void assertRefused(Gateway gateway, String ticket) {
    CompletionException refused =
        assertThrows(CompletionException.class, () -> connect(gateway, ticket).close());
    WebSocketHandshakeException handshake = (WebSocketHandshakeException) refused.getCause();
    assertEquals(401, handshake.getResponse().statusCode());
    assertTrue(handshake.getResponse().headers().firstValue("WWW-Authenticate").isPresent());
  }
}
