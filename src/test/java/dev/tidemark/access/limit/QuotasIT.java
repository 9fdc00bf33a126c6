package dev.tidemark.access.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.GuardedGateway;
import dev.tidemark.testing.gateway.Guest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The quotas of a principal and of an address; others are not affected when one is used up. */
final class QuotasIT {
  private static final long MINUTE_NANOS = 60_000_000_000L;

  private static final int WRONG_BEFORE_THE_SERVER_LOCKS = 10;

  private static final String OTHER_VERSION =
      "{\"type\":\"hello\",\"protocol_min\":9,\"protocol_max\":9}";

  private final Gateway gateway = GuardedGateway.get();
  private final Guest guest = new Guest(gateway);

  @Test
  void aMessageTooManyIsRefusedByItsIdAndTakenLaterAndNobodyElseIsRefused() {
    try (WireClient flooding = joined("alice");
        WireClient other = joined("bob")) {
      long start = System.nanoTime();
      int sent = GuardedGateway.MESSAGES * 2;
      for (int i = 1; i <= sent; i++) {
        flooding.say("m", "m-" + i, 0);
      }
      Frame refused = flooding.await("error");
      assertEquals("too_many_messages", refused.string("code"));
      assertEquals("wait_then_retry", refused.string("next_step"));
      assertTrue(refused.number("retry_after_seconds") >= 1);

      other.say("hi", "other", 0);
      assertEquals("other", other.await("message_ack").string("message_id"));

      Awaitility.await("an answer to each")
          .atMost(WireClient.PATIENCE)
          .until(() -> ids(flooding, "message_ack").size() + ids(flooding, "error").size() == sent);
      long refilled = (System.nanoTime() - start) * GuardedGateway.MESSAGES / MINUTE_NANOS + 1;
      List<String> taken = ids(flooding, "message_ack");
      assertTrue(
          taken.size() >= GuardedGateway.MESSAGES
              && taken.size() <= GuardedGateway.MESSAGES + refilled,
          taken.size() + " were taken");
      assertEquals(
          sent,
          taken.size() + ids(flooding, "error").stream().filter(id -> !taken.contains(id)).count());

      String again = refused.string("message_id");
      Awaitility.await("the refused message is taken")
          .atMost(WireClient.PATIENCE)
          .pollInterval(java.time.Duration.ofSeconds(1))
          .until(
              () -> {
                flooding.say("m", again, 0);
                return ids(flooding, "message_ack").contains(again);
              });
    }
  }

  @Test
  void aFloodOfJoinsIsSentAwayAndAnotherJoinsMeanwhile() {
    try (WireClient flooding = joined("alice")) {
      long start = System.nanoTime();
      int joined = 1;
      Frame answer = flooding.create();
      while (answer.is("joined") && joined < 10 * GuardedGateway.JOINS) {
        joined++;
        answer = flooding.create();
      }
      long refilled = (System.nanoTime() - start) * GuardedGateway.JOINS / MINUTE_NANOS + 1;
      assertEquals("too_many_joins", answer.string("code"));
      assertTrue(answer.number("retry_after_seconds") >= 1);
      assertTrue(joined <= GuardedGateway.JOINS + refilled, joined + " joins");
      assertEquals(4029, flooding.awaitClose());
    }
    joined("bob").close();
  }

  @Test
  void anAddressHasSoManyConnectionsWhoeverTheyAreOf() throws Exception {
    List<WireClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < GuardedGateway.CONNECTIONS; i++) {
        WireClient client = guest.connect(i % 2 == 0 ? "alice" : "bob");
        clients.add(client);
        client.send(OTHER_VERSION).await("hello_error"); // said hello, and may stay
      }
      HttpResponse<String> refused =
          guest.ask("GET", "/ws", "Authorization", WireClient.authorization("bob"));
      assertEquals(429, refused.statusCode());
      assertTrue(refused.body().contains("\"too_many_connections\""), refused.body());
      assertTooMany(refused);
      try (WireClient elsewhere = new Guest(gateway).connect("bob")) {
        elsewhere.send("{\"type\":\"ping\"}").await("pong");
      }
      clients.remove(0).close();
      Awaitility.await("a place that became free")
          .atMost(WireClient.PATIENCE)
          .until(
              () ->
                  guest
                          .ask("GET", "/ws", "Authorization", WireClient.authorization("bob"))
                          .statusCode()
                      == 426);
    } finally {
      clients.forEach(WireClient::close);
    }
  }

  @Test
  void anAddressThatFailsTooOftenIsRefusedBeforeItsPasswordIsLookedAt() throws Exception {
    for (int i = 0; i < GuardedGateway.FAILURES; i++) {
      assertEquals(200, guest.tryPassword("alice", "alice"), "what succeeds is not counted");
    }
    for (int i = 0; i < GuardedGateway.FAILURES; i++) {
      assertEquals(401, guest.tryPassword("guessed-" + i, "wrong"));
    }
    assertEquals(429, guest.tryPassword("alice", "alice"), "right or wrong is not looked at");
    HttpResponse<String> handshake = guest.ask("GET", "/ws");
    assertEquals(429, handshake.statusCode());
    assertTrue(handshake.body().contains("\"too_many_failures\""), handshake.body());
    assertTooMany(handshake);
    assertEquals(429, guest.ask("GET", "/api/me", "Cookie", "JSESSIONID=made-up").statusCode());
    assertEquals(200, new Guest(gateway).tryPassword("alice", "alice"), "another address");
    awaitRecorded("handshake", "too_many_failures", guest.address());
  }

  @Test
  void whoIsLoggedInDoesNotSufferForWhoElseIsAtTheAddress() throws Exception {
    String login = guest.login("alice");
    for (int i = 0; i < GuardedGateway.FAILURES; i++) {
      assertEquals(401, guest.tryPassword("guessed-" + i, "wrong"));
    }
    assertEquals(429, guest.tryPassword("alice", "alice"));
    assertEquals(200, guest.ask("GET", "/api/me", "Cookie", login).statusCode());
  }

  @Test
  void guessingAtTheLoginFormIsCountedAndLoggingInIsNot() throws Exception {
    for (int i = 0; i < GuardedGateway.FAILURES; i++) {
      guest.login("alice");
    }
    String cookie = guest.anonymousCookie();
    for (int i = 0; i < GuardedGateway.FAILURES; i++) {
      assertFalse(guest.submit(cookie, "guessed-" + i, "wrong").statusCode() == 429);
    }
    assertTooMany(guest.submit(cookie, "alice", "alice"));
  }

  /**
   * More guesses than the server itself would take before it locks an account. For it another case
   * is another account, for our limit it is not.
   */
  @Test
  void theOwnerOfAnAccountSignsInFromElsewhereWhileStrangersGuess() throws Exception {
    int strangers = WRONG_BEFORE_THE_SERVER_LOCKS / (GuardedGateway.FAILURES_PER_ACCOUNT - 1) + 1;
    for (int i = 0; i < strangers; i++) {
      Guest stranger = new Guest(gateway);
      for (int j = 0; j < GuardedGateway.FAILURES_PER_ACCOUNT; j++) {
        assertEquals(401, stranger.tryPassword(j == 0 ? "BOB" : "bob", "wrong"));
      }
      assertEquals(429, stranger.tryPassword("bob", "bob"), "right or wrong is not looked at");
      assertEquals(200, stranger.tryPassword("alice", "alice"), "another account from there");
    }
    assertEquals(200, guest.tryPassword("bob", "bob"));
    guest.login("bob");
  }

  @Test
  void guessingAtOneAccountInTheFormIsBoundedByAddressToo() throws Exception {
    Guest stranger = new Guest(gateway);
    String cookie = stranger.anonymousCookie();
    for (int i = 0; i < GuardedGateway.FAILURES_PER_ACCOUNT; i++) {
      assertFalse(stranger.submit(cookie, "bob", "wrong").statusCode() == 429);
    }
    assertTooMany(stranger.submit(cookie, "bob", "bob"));
    awaitRecorded("request", "too_many_failures", stranger.address());
    stranger.login("alice");
    guest.login("bob");
  }

  /** The server would take what an address says before what the form says. */
  @Test
  void whatTheAddressOfTheFormSaysIsNoWayToSignIn() throws Exception {
    for (String form : List.of("j_username=mallory&j_password=wrong", "")) {
      HttpResponse<String> answer =
          guest.ask(
              "POST",
              "/j_security_check?j_username=bob&j_password=bob",
              form,
              new String[] {
                "Cookie",
                guest.anonymousCookie(),
                "Content-Type",
                "application/x-www-form-urlencoded"
              });
      assertEquals(200, answer.statusCode());
      assertTrue(answer.body().contains("j_security_check"), "the form again: " + answer.body());
    }
  }

  /** Its proxy appends, and what stands before that is the client's. */
  @Test
  void whoClaimsAnotherAddressIsCountedAndRecordedByItsOwn() throws Exception {
    for (int i = 0; i < GuardedGateway.FAILURES; i++) {
      guest.claim("203.0.113." + i);
      assertEquals(401, guest.tryPassword("guessed-" + i, "wrong"));
    }
    guest.claim("203.0.113.200");
    assertEquals(429, guest.tryPassword("alice", "alice"));
    awaitRecorded("request", "auth_required", guest.address());
    assertEquals(
        0L,
        gateway
            .database()
            .value(
                Long.class,
                "select count(*) from tidemark.refusal_record where remote_address like '203.0.113.%'"));
  }

  @Test
  void aPageFromElsewhereCannotUseUpWhatItsVisitorsHave() throws Exception {
    for (int i = 0; i < GuardedGateway.FAILURES * 2; i++) {
      assertEquals(401, guest.ask("GET", "/api/me", "Sec-Fetch-Site", "cross-site").statusCode());
      assertEquals(
          403, guest.ask("GET", "/ws", "Origin", "https://elsewhere.example").statusCode());
    }
    assertEquals(200, guest.tryPassword("alice", "alice"));
  }

  @Test
  void whoNeitherSaysHelloNorJoinsIsSentAwayAndWhoDoesIsNot() {
    try (WireClient refused = guest.connect("bob");
        WireClient silent = afterTheJoinOf(refused)) {
      silent.send("{\"type\":\"ping\"}").await("pong");
      Frame error = silent.await("hello_error");
      assertEquals("join_timeout", error.string("code"));
      assertTrue(error.number("retry_after_seconds") >= 1);
      assertEquals(4002, silent.awaitClose());
      refused.send("{\"type\":\"ping\"}").await("pong");
    }
    awaitRecorded("connection", "join_timeout", guest.address());
  }

  /** The silent client's time must not run while the other one joins. */
  private WireClient afterTheJoinOf(WireClient other) {
    other.join("nobodys-" + UUID.randomUUID());
    return guest.connect("alice");
  }

  /** A client in a session of its own, as soon as its principal may join again. */
  private WireClient joined(String account) {
    return Awaitility.await("a join of " + account)
        .atMost(WireClient.PATIENCE)
        .ignoreException(CompletionException.class) // earlier clients' places are not free yet
        .until(
            () -> {
              WireClient client = guest.connect(account);
              if (client.create().is("joined")) {
                return client;
              }
              client.close();
              return null;
            },
            Objects::nonNull);
  }

  private static void assertTooMany(HttpResponse<String> answer) {
    assertEquals(429, answer.statusCode(), answer.body());
    String seconds = answer.headers().firstValue("Retry-After").orElseThrow();
    assertTrue(Long.parseLong(seconds) >= 1);
    assertTrue(answer.body().contains("\"retry_after_seconds\":" + seconds), answer.body());
  }

  private void awaitRecorded(String operation, String code, String address) {
    Awaitility.await(code)
        .atMost(WireClient.PATIENCE)
        .until(
            () ->
                gateway
                    .database()
                    .value(
                        Boolean.class,
                        "select exists (select from tidemark.refusal_record where operation = ? and"
                            + " code = ? and remote_address = ?)",
                        operation,
                        code,
                        address));
  }

  private static List<String> ids(WireClient client, String type) {
    return client.frames().stream()
        .filter(frame -> frame.is(type))
        .map(frame -> frame.string("message_id"))
        .toList();
  }
}
