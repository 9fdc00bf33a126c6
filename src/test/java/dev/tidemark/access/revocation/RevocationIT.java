package dev.tidemark.access.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Guest;
import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.testing.identity.LocalIssuer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocketHandshakeException;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A principal that an administrator revokes on one node is disconnected from all nodes. The second
 * node hardly ever polls: it knows revocations from hints or from its start.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RevocationIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration SECONDS = Duration.ofSeconds(60);
  private static final String IN_FORCE =
      """
      insert into tidemark.revocation (issued_before, in_force_until, tenant, principal, remote_address, node)
      values (now(), now() + interval '1 day', 'default', ?, '192.0.2.1', 'another') returning revocation_id""";

  private static final Gateway POLLING = Gateway.shared();
  private static final TestDatabase DATABASE = POLLING.database();

  private static LocalIssuer issuer;
  private static Gateway told;
  private static double knownAtStart;

  @BeforeAll
  static void start() {
    DATABASE.rows(IN_FORCE, "somebody-" + UUID.randomUUID());
    issuer = new LocalIssuer();
    told =
        POLLING.startNode(
            "told",
            Map.of(
                "tidemark.access.revocation-poll-millis",
                "600000",
                "tidemark.access.record-every-millis",
                "500",
                "tidemark.turn.lease-millis",
                "15000",
                "tidemark.oidc.issuer",
                issuer.issuer(),
                "tidemark.oidc.client-id",
                LocalIssuer.AUDIENCE,
                "tidemark.oidc.token-bytes",
                "4096"));
    knownAtStart = told.metric("tidemark_revocations");
  }

  @AfterAll
  static void stop() {
    told.close();
    issuer.close();
  }

  @Test
  void whoIsRevokedOnOneNodeIsGoneFromAllAndOthersGoOn() throws Exception {
    String before = token("alice", "user");
    try (WireClient here = POLLING.connect("alice");
        WireClient there = onTold(before);
        WireClient notJoined = onTold(before);
        WireClient other = onTold(token("bob", "user"))) {
      String sessionId = here.create().string("session_id");
      there.join(sessionId, 0);
      other.create();
      String why = "ticket " + UUID.randomUUID();

      HttpResponse<String> answer =
          revoke(POLLING, "admin", "{\"principal\":\"alice\",\"why\":\"" + why + "\"}");

      assertEquals(201, answer.statusCode(), answer.body());
      for (WireClient client : List.of(here, there, notJoined)) {
        assertEquals(4001, client.awaitClose());
      }
      Frame reason = there.await("error");
      assertEquals("auth_required", reason.string("code"));
      assertEquals("reauthenticate", reason.string("next_step"));
      assertEquals("auth_required", notJoined.await("hello_error").string("code"));
      other.say("still here?", "m-1", 0).awaitEvent("stream_end");
      assertIsOnRecord(json(answer).getJsonNumber("revocation_id").longValueExact(), why);
    }
    POLLING.connect("alice").close(); // Basic: the account must be closed in its own store

    assertEquals(401, get(told, "Bearer " + before, "/api/me").statusCode());
    assertEquals(401, handshake(before));
    try (WireClient later = onTold(issuedIn(5, "alice"))) {
      later.create();
      later.send(Json.createObjectBuilder().add("type", "auth").add("token", before));
      assertEquals("auth_required", later.await("error").string("code"));
      assertEquals(4001, later.awaitClose());
    }
  }

  private static void assertIsOnRecord(long revocationId, String why) {
    assertEquals(
        List.of(List.of("alice", "admin", true, false)),
        DATABASE.rows(
            "select principal, revoked_by, in_force, by_provider from audit.revocation_history where why = ? and revocation_id = ?",
            why,
            revocationId));
    assertEquals(
        List.of(List.of("admin", "default", "127.0.0.1", "revoke", "alice", "" + revocationId)),
        DATABASE.rows(
            """
            select principal, tenant, remote_address, operation, target, details ->> 'revocation_id'
              from audit.admin_history where why = ?""",
            why));
  }

  /** The refreshed token was issued after the revocation, and the person signed in before it. */
  @Test
  void aTokenThatWasRefreshedAfterTheRevocationIsOfTheRevokedLogin() throws Exception {
    assertEquals(201, revoke(POLLING, "admin", "{\"principal\":\"rita\"}").statusCode());
    Instant then = Instant.now().plusSeconds(5);
    JWTClaimsSet.Builder refreshed =
        issuer.claims("rita", then.plusSeconds(300), "user").issueTime(Date.from(then));
    refreshed.claim("auth_time", then.minusSeconds(3_600).getEpochSecond());
    String old = issuer.sign(refreshed.build());
    Awaitility.await("the revocation")
        .atMost(SECONDS)
        .until(() -> get(told, "Bearer " + old, "/api/me").statusCode() == 401);
    assertEquals(401, handshake(old));
    String anew = issuer.sign(refreshed.claim("auth_time", then.getEpochSecond()).build());
    assertEquals(200, get(told, "Bearer " + anew, "/api/me").statusCode());
  }

  /** The provider names no time of the sign-in, but the login. */
  @Test
  void aLoginThatTheProviderHasEndedDoesNotComeBackWithALaterToken() throws Exception {
    assertEquals(200, logOut("logout_token=" + logoutToken(logout("login-of-gone"))).statusCode());
    Awaitility.await("the logout")
        .atMost(SECONDS)
        .until(() -> get(told, "Bearer " + issuedIn(5, "gone"), "/api/me").statusCode() == 401);
  }

  /**
   * Nobody had seen the login when it was revoked: its first call comes afterwards. The page from
   * which somebody signs in anew may be older.
   */
  @Test
  void aLoginByFormFromBeforeTheRevocationIsRefusedAtItsFirstCall() throws Exception {
    Guest browser = new Guest(POLLING);
    String early = browser.login("publisher");
    String page = browser.anonymousCookie();
    double known = POLLING.metric("tidemark_revocations");
    assertEquals(201, revoke(POLLING, "admin", "{\"principal\":\"publisher\"}").statusCode());
    POLLING.awaitMetric("tidemark_revocations", known + 1);
    assertEquals(401, browser.ask("GET", "/api/me", "Cookie", early).statusCode());
    String anew = browser.login(page, "publisher", "publisher");
    assertEquals(200, browser.ask("GET", "/api/me", "Cookie", anew).statusCode());
  }

  @Test
  void aTicketAndItsSocketEndWithTheTokenThatTheTicketWasMadeWith() throws Exception {
    String bearer = "Bearer " + token("tina", "user");
    String unspent = ticket(bearer);
    try (WireClient tina = withTicket(ticket(bearer))) {
      tina.create();
      assertEquals(201, revoke(POLLING, "admin", "{\"principal\":\"tina\"}").statusCode());
      assertEquals(4001, tina.awaitClose());
    }
    CompletionException refused =
        assertThrows(CompletionException.class, () -> withTicket(unspent).close());
    assertEquals(
        401, ((WebSocketHandshakeException) refused.getCause()).getResponse().statusCode());
  }

  private static String ticket(String bearer) throws IOException, InterruptedException {
    HttpResponse<String> issued =
        HTTP.send(
            HttpRequest.newBuilder(told.server().uri("/api/tickets"))
                .header("Authorization", bearer)
                .POST(BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());
    return json(issued).getString("ticket");
  }

  private static WireClient withTicket(String ticket) {
    return WireClient.connect(
        told.server().socketUri("/ws"),
        handshake -> handshake.subprotocols("tidemark.v1", "ticket." + ticket));
  }

  @Test
  void aHintThatIsLostIsCoveredByThePoll() {
    try (WireClient alice = POLLING.connect("alice");
        WireClient bob = POLLING.connect("bob")) {
      DATABASE.rows(IN_FORCE, "alice"); // committed, without a hint
      assertEquals(4001, alice.awaitClose());
      assertEquals("pong", bob.send("{\"type\":\"ping\"}").await("pong").type());
    }
  }

  @Test
  void aNodeThatStartsKnowsWhoWasRevokedBeforeItTakesClients() {
    assertTrue(knownAtStart >= 1, "read when it was ready: " + knownAtStart);
  }

  /** The schema's version says that it is not for this application, and later that it is again. */
  @Test
  void whoWasRevokedWhileTheDatabaseWasOfNoUseIsGoneWhenItIs() {
    try (WireClient ann = onTold(token("ann", "user"));
        WireClient bob = onTold(token("bob", "user"))) {
      DATABASE.execute(
          "insert into tidemark.schema_version (version, description, compatible_from) values (999, 'of another', 999)");
      try {
        Readiness.awaitRefusal(told.server(), "for applications built for 999");
        DATABASE.rows(IN_FORCE, "ann"); // by another node, without a hint
        assertEquals("pong", ann.send("{\"type\":\"ping\"}").await("pong").type());
      } finally {
        DATABASE.execute("delete from tidemark.schema_version where version = 999");
      }
      assertEquals(4001, ann.awaitClose());
      Readiness.awaitUp(told.server());
      Readiness.awaitUp(POLLING.server());
      bob.create();
    }
  }

  /** A DBA forgot an open transaction: the action is refused in seconds, and says so. */
  @Test
  void aRevocationThatCannotGetItsLockIsToldToComeBackAndIsAnAlarm() throws Exception {
    double failed = POLLING.metric("tidemark_admin_actions_failed_total");
    String body = "{\"principal\":\"nobody-else\"}";
    for (String lock :
        List.of("select pg_advisory_xact_lock(29801, 12)", "lock table tidemark.admin_record")) {
      try (Connection holder = DATABASE.connect();
          var statement = holder.createStatement()) {
        holder.setAutoCommit(false);
        statement.execute(lock);
        HttpResponse<String> refused = revoke(POLLING, "admin", body);
        assertEquals(503, refused.statusCode(), refused.body());
        assertTrue(refused.headers().firstValue("Retry-After").isPresent());
        holder.rollback();
      }
    }
    assertEquals(failed + 2, POLLING.metric("tidemark_admin_actions_failed_total"));
    assertTrue(
        POLLING.logged().stream()
            .anyMatch(line -> line.contains("TIDE0722") && line.contains("audit.locks")));
    assertEquals(201, revoke(POLLING, "admin", body).statusCode());
  }

  @Test
  void whoIsNoAdministratorDisconnectsNobodyAndIsRecorded() throws Exception {
    try (WireClient zoe = onTold(token("zoe", "user"))) {
      for (String role : List.of("user", "publisher", "auditor")) {
        String bearer = "Bearer " + token("no-admin-" + role, role);
        HttpResponse<String> answer = revoke(told, bearer, "{\"principal\":\"zoe\"}");
        assertEquals(403, answer.statusCode());
        assertEquals("not_allowed", json(answer).getString("code"));
        assertEquals(403, get(told, bearer, "/api/connections").statusCode());
      }
      assertEquals(401, revoke(told, "Bearer x", "{\"principal\":\"zoe\"}").statusCode());
      assertEquals("pong", zoe.send("{\"type\":\"ping\"}").await("pong").type());
    }
    Awaitility.await("the record of refusals")
        .atMost(SECONDS)
        .until(
            () ->
                DATABASE.value(
                        Long.class,
                        """
                        select count(distinct principal) from audit.refusal_history
                         where http_status = 403 and principal like 'no-admin-%' and message like '%role ''admin''%'""")
                    == 3);
  }

  @Test
  void aRevocationThatNamesNobodyOrTooMuchIsAnsweredWithWhatIsWrong() throws Exception {
    for (String body :
        List.of(
            "",
            "no json",
            "[]",
            "{}",
            "{\"principal\":\"alice\",\"provider_session\":\"s\"}",
            "{\"principal\":\"  \"}",
            "{\"principal\":17}",
            "{\"principal\":\"" + "x".repeat(129) + "\"}",
            "{\"provider_session\":\"a\\u0000b\"}",
            "{\"principal\":\"nobody-1\",\"why\":\"" + "x".repeat(501) + "\"}")) {
      HttpResponse<String> answer = revoke(POLLING, "admin", body);
      assertEquals(400, answer.statusCode(), body);
      assertEquals("invalid_request", json(answer).getString("code"), body);
    }
    String tooLarge = "{\"principal\":\"nobody-1\",\"x\":\"" + "x".repeat(8_192) + "\"}";
    assertEquals(413, revoke(POLLING, "admin", tooLarge).statusCode());
    String longest = "{\"principal\":\"" + "x".repeat(128) + "\",\"why\":\"" + "y".repeat(500);
    assertEquals(201, revoke(POLLING, "admin", longest + "\"}").statusCode());
    assertEquals(
        0L,
        DATABASE.value(
            Long.class,
            "select count(*) from tidemark.revocation where principal like 'nobody-1%' or provider_session is not null and logout_id is null"));
  }

  @Test
  void anAdministratorSeesWhoIsConnectedToTheNode() throws Exception {
    String admin = "Bearer " + token("root", "admin");
    try (WireClient alice = onTold(issuedIn(5, "alice"));
        WireClient bob = onTold(token("bob", "user"))) {
      String sessionId = alice.create().string("session_id");
      JsonObject list = json(get(told, admin, "/api/connections?principal=alice"));
      assertTrue(list.getString("node").startsWith("told/"));
      JsonObject mine =
          list.getJsonArray("connections").getValuesAs(JsonObject.class).stream()
              .filter(item -> item.getString("session_id", "").equals(sessionId))
              .findFirst()
              .orElseThrow(() -> new AssertionError(list));
      assertEquals("alice", mine.getString("principal"));
      assertEquals("127.0.0.1", mine.getString("remote_address"));
      assertEquals("login-of-alice", mine.getString("provider_session"));
      assertEquals(
          mine.getString("connection_id"),
          DATABASE.value(
              String.class,
              "select connection_id::text from audit.join_history where session_id = ?",
              sessionId));
      assertTrue(
          list.getJsonArray("connections").getValuesAs(JsonObject.class).stream()
              .noneMatch(item -> item.getString("principal").equals("bob")));
      Awaitility.await("all of the tenant")
          .atMost(SECONDS)
          .until(() -> json(get(told, admin, "/api/connections")).toString().contains("\"bob\""));
      bob.send("{\"type\":\"ping\"}").await("pong");
    }
  }

  @Test
  void theProviderSaysOnceThatALoginHasEnded() throws Exception {
    String token = logoutToken(logout("login-of-carol"));
    try (WireClient carol = onTold(token("carol", "user"));
        WireClient bob = onTold(token("bob", "user"))) {
      HttpResponse<String> answer = logOut("logout_token=" + token);
      assertEquals(200, answer.statusCode(), answer.body());
      assertEquals("no-store", answer.headers().firstValue("Cache-Control").orElse(""));
      assertEquals(4001, carol.awaitClose());
      assertEquals("pong", bob.send("{\"type\":\"ping\"}").await("pong").type());
    }
    assertEquals(
        List.of(Arrays.asList(issuer.issuer(), null, null, true, true)),
        DATABASE.rows(
            "select logout_issuer, tenant, revoked_by, by_provider, in_force from audit.revocation_history where provider_session = 'login-of-carol'"));
    assertEquals(
        List.of(Arrays.asList("backchannel_logout", null, "127.0.0.1")),
        DATABASE.rows(
            "select operation, principal, remote_address from audit.admin_history where target = 'login-of-carol'"));

    assertRefused("taken before", logOut("logout_token=" + token));
    assertEquals(
        1L,
        DATABASE.value(
            Long.class,
            "select count(*) from tidemark.revocation where provider_session = 'login-of-carol'"));
  }

  @Test
  void aLogoutOfNoSessionIsOneOfAllOfItsSubject() throws Exception {
    try (WireClient dave = onTold(token("dave", "user"))) {
      String token = logoutToken(logout(null).subject("id-of-dave"));
      assertEquals(200, logOut("x=y&logout_token=" + token).statusCode());
      assertEquals(4001, dave.awaitClose());
    }
  }

  @Test
  void whatIsNoLogoutOfTheProviderEndsNothingAndIsRecorded() throws Exception {
    Long before = revocations();
    assertRefused(
        "for somebody else",
        logOut("logout_token=" + logoutToken(logout("s").audience("another"))));
    assertRefused(
        "not a logout token",
        logOut("logout_token=" + logoutToken(logout("s").claim("nonce", "n"))));
    assertRefused("not a logout token", logOut("logout_token=" + issuer.token("alice", "user")));
    assertRefused(
        "not signed by",
        logOut(
            "logout_token="
                + LocalIssuer.sign(logout("s").build(), LocalIssuer.newKey(), "logout+jwt")));
    assertRefused(
        "not signed", logOut("logout_token=" + new PlainJWT(logout("s").build()).serialize()));
    assertRefused("not a JSON Web Token", logOut("logout_token=x"));
    assertRefused("Send one logout_token", logOut("token=x"));
    assertRefused("Send one logout_token", logOut("logout_token=x&logout_token=x"));
    assertRefused("Send one logout_token", logOut("logout_token=%zz"));
    assertRefused("may have at most 4096", logOut("logout_token=" + "x".repeat(4_097)));
    assertEquals(413, logOut("logout_token=" + "x".repeat(5_200)).statusCode());
    assertEquals(before, revocations());
    assertEquals(401, get(told, "Bearer x", "/api/backchannel-logout").statusCode());
    Awaitility.await("the record of refusals")
        .atMost(SECONDS)
        .until(
            () ->
                DATABASE.value(
                        Long.class,
                        """
                        select count(distinct code) from audit.refusal_history
                         where http_status = 400 and message like 'Back-channel logout%' and principal is null
                           and code in ('wrong_audience', 'wrong_token_type', 'bad_signature', 'malformed_token', 'invalid_request')""")
                    == 5);
  }

  /** The limit refills by one each second, so more attempts than the limit may be needed. */
  @Test
  @Order(Integer.MAX_VALUE)
  void whoIsRefusedTooOftenIsNotLookedAtForAWhile() throws Exception {
    HttpResponse<String> answer = logOut("logout_token=x");
    for (int i = 0; i < 1_000 && answer.statusCode() == 400; i++) {
      answer = logOut("logout_token=x");
    }
    assertEquals(429, answer.statusCode());
    assertTrue(answer.headers().firstValueAsLong("Retry-After").orElse(0) >= 1);
    assertEquals("temporarily_unavailable", json(answer).getString("error"));
  }

  private static String token(String who, String role) {
    return issuer.token(who, role);
  }

  /** Times of tokens are whole seconds, so one issued after a revocation may count as older. */
  private static String issuedIn(int seconds, String user) {
    Instant then = Instant.now().plusSeconds(seconds);
    return issuer.sign(
        issuer.claims(user, then.plusSeconds(300), "user").issueTime(Date.from(then)).build());
  }

  private static WireClient onTold(String token) {
    return WireClient.connect(
        told.server().socketUri("/ws"),
        handshake -> handshake.header("Authorization", "Bearer " + token));
  }

  private static int handshake(String token) {
    try {
      onTold(token).close();
      return 101;
    } catch (CompletionException refused) {
      return ((WebSocketHandshakeException) refused.getCause()).getResponse().statusCode();
    }
  }

  private static JWTClaimsSet.Builder logout(String session) {
    Date now = Date.from(Instant.now());
    return new JWTClaimsSet.Builder()
        .issuer(issuer.issuer())
        .audience(LocalIssuer.AUDIENCE)
        .claim("sid", session)
        .jwtID(UUID.randomUUID().toString())
        .issueTime(now)
        .expirationTime(Date.from(now.toInstant().plusSeconds(120)))
        .claim("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()));
  }

  private static String logoutToken(JWTClaimsSet.Builder claims) {
    return LocalIssuer.sign(claims.build(), issuer.key(), "logout+jwt");
  }

  private static HttpResponse<String> logOut(String form) throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(told.server().uri("/api/backchannel-logout"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  private static void assertRefused(String why, HttpResponse<String> answer) {
    assertEquals(400, answer.statusCode(), answer.body());
    assertEquals("no-store", answer.headers().firstValue("Cache-Control").orElse(""));
    assertEquals("invalid_request", json(answer).getString("error"));
    String said = json(answer).getString("error_description");
    assertTrue(said.contains(why), said);
  }

  private static Long revocations() {
    return DATABASE.value(
        Long.class, "select count(*) from tidemark.revocation where logout_id is not null");
  }

  private static HttpResponse<String> revoke(Gateway gateway, String account, String body)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(gateway.server().uri("/api/revocations"))
            .header("Authorization", authorization(account))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(Gateway gateway, String account, String path)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(gateway.server().uri(path))
            .header("Authorization", authorization(account))
            .build(),
        BodyHandlers.ofString());
  }

  private static String authorization(String account) {
    return account.startsWith("Bearer ") ? account : WireClient.authorization(account);
  }

  private static JsonObject json(HttpResponse<String> answer) {
    return Json.createReader(new StringReader(answer.body())).readObject();
  }
}
