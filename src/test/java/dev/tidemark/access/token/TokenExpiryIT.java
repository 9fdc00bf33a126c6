package dev.tidemark.access.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.identity.LocalIssuer;
import dev.tidemark.wire.CloseCode;
import jakarta.json.Json;
import java.io.StringReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A connection lasts as long as its token, or the fresh token that its client sends. The issuer
 * runs on this machine with its own keys; {@code KeycloakTokenExpiryIT} tries a real provider.
 */
final class TokenExpiryIT {
  /** Long enough to connect on a busy machine. */
  private static final Duration SHORT = Duration.ofSeconds(10);

  private static final LocalIssuer ISSUER = new LocalIssuer();
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "token-time",
            Map.of(
                "tidemark.oidc.issuer",
                ISSUER.issuer(),
                "tidemark.oidc.client-id",
                LocalIssuer.AUDIENCE,
                "tidemark.oidc.clock-skew-millis",
                "60000",
                "tidemark.oidc.timeout-millis",
                "5000",
                "tidemark.oidc.keys-interval-millis",
                "100",
                "tidemark.access.record-every-millis",
                "500"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    ISSUER.close();
  }

  @Test
  void aConnectionEndsWithItsTokenWhateverTheSkewOfClocks() {
    Instant end = Instant.now().plus(SHORT).truncatedTo(ChronoUnit.SECONDS);
    try (WireClient client = connect(ISSUER.sign(ISSUER.claims("alice", end, "user").build()))) {
      long left = millisLeft(hello(client));
      assertTrue(left > 0 && left <= SHORT.toMillis(), "" + left);
      Frame error = client.await("error");
      assertTrue(!Instant.now().isBefore(end), "not before its time");
      assertEquals("auth_expired", error.string("code"));
      assertEquals("reauthenticate", error.string("next_step"));
      assertEquals(CloseCode.CREDENTIALS, client.awaitClose());
    }
  }

  @Test
  void aFreshTokenProlongsAlsoOneWithANewKey() {
    Instant end = Instant.now().plus(SHORT);
    try (WireClient client = connect(ISSUER.sign(ISSUER.claims("alice", end, "user").build()))) {
      hello(client);
      ISSUER.rotate();
      auth(client, ISSUER.token("alice", "user"));
      long left = client.await("auth_ok").number("auth_expires_in_ms");
      assertTrue(left > SHORT.toMillis() && left <= 300_000, "" + left);
      Awaitility.await("the record of both tokens")
          .atMost(WireClient.PATIENCE)
          .until(() -> signIns().containsAll(List.of("bearer auth", "bearer handshake")));
      Awaitility.await("the end of the first token")
          .atMost(Duration.ofSeconds(60))
          .until(() -> Instant.now().isAfter(end.plusSeconds(3)));
      client.send("{\"type\":\"ping\"}").await("pong");
      assertTrue(millisLeft(hello(client)) > 0);
    }
  }

  /** A copy of the database lets nobody in; {@code AccessRecorderIT} tries what is no token. */
  @Test
  void noTableHoldsAToken() throws Exception {
    String first = ISSUER.token("keeper", "user");
    String second = ISSUER.token("keeper", "user");
    String wrong = ISSUER.token("mallory", "user");
    String ticket;
    try (WireClient client = connect(first)) {
      hello(client);
      auth(client, second);
      client.await("auth_ok");
      assertRefused(client, "wrong_caller", wrong);
      HttpRequest issue =
          HttpRequest.newBuilder(gateway.server().uri("/api/tickets"))
              .header("Authorization", "Bearer " + first)
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      HttpResponse<String> issued =
          HttpClient.newHttpClient().send(issue, HttpResponse.BodyHandlers.ofString());
      ticket = Json.createReader(new StringReader(issued.body())).readObject().getString("ticket");
    }
    Awaitility.await("the records")
        .atMost(WireClient.PATIENCE)
        .until(
            () ->
                gateway
                        .database()
                        .value(
                            Long.class,
                            "select (select count(*) from audit.sign_in_history where principal ="
                                + " 'keeper') + (select count(*) from audit.refusal_history where"
                                + " principal = 'keeper')")
                    >= 4);
    assertTrue(gateway.database().mentions("keeper") > 0, "what is there is found");
    assertEquals(0, gateway.database().mentions(ticket));
    for (String token : List.of(first, second, wrong)) {
      String[] parts = token.split("\\.", -1);
      assertEquals(0, gateway.database().mentions(parts[1]), "claims");
      assertEquals(0, gateway.database().mentions(parts[2]), "signature");
    }
  }

  private static List<String> signIns() {
    return gateway
        .database()
        .rows("select how || ' ' || operation from audit.sign_in_history where subject is not null")
        .stream()
        .map(row -> (String) row.get(0))
        .toList();
  }

  @Test
  void aTokenThatIsNotAcceptedChangesNothing() {
    Instant end = Instant.now().plus(SHORT);
    try (WireClient client = connect(ISSUER.sign(ISSUER.claims("alice", end, "user").build()))) {
      JWTClaimsSet.Builder claims = ISSUER.claims("alice", Instant.now().plusSeconds(300), "user");
      assertRefused(client, "wrong_caller", ISSUER.token("bob", "user"));
      assertRefused(
          client,
          "wrong_caller",
          ISSUER.sign(claims.subject("somebody-else-of-that-name").build()));
      assertRefused(client, "wrong_audience", ISSUER.sign(claims.audience("other").build()));
      assertRefused(client, "malformed_token", "secret");
      assertEquals("auth_expired", client.await("end", TokenExpiryIT::isEnd, 0).string("code"));
      assertEquals(CloseCode.CREDENTIALS, client.awaitClose());
      assertTrue(
          client.frames().stream().noneMatch(frame -> frame.text().contains("secret")), "quoted");
    }
  }

  /** The clients outnumber the threads that handle frames. */
  @Test
  void whoeverWaitsForAProviderThatHangsKeepsNobodyElseWaiting() {
    List<WireClient> waiting = new ArrayList<>();
    try (WireClient other = connect(ISSUER.token("alice", "user"))) {
      for (int i = 0; i < 12; i++) {
        waiting.add(connect(ISSUER.token("alice", "user")));
      }
      ISSUER.rotate();
      ISSUER.hang();
      waiting.forEach(client -> auth(client, ISSUER.token("alice", "user")));
      other.send("{\"type\":\"ping\"}").await("pong");
      assertTrue(waiting.stream().anyMatch(client -> !isAnswered(client)), "somebody waits yet");
      waiting.forEach(client -> client.await("answer", TokenExpiryIT::isAnswer, 0));
      assertTrue(
          waiting.stream()
              .flatMap(client -> client.frames().stream().filter(TokenExpiryIT::isAnswer))
              .allMatch(answer -> answer.string("code").equals("keys_unavailable")));
      assertTrue(waiting.stream().allMatch(client -> client.closeCode().isEmpty()));
    } finally {
      ISSUER.answerAgain();
      waiting.forEach(WireClient::close);
    }
  }

  private static boolean isAnswered(WireClient client) {
    return client.frames().stream().anyMatch(TokenExpiryIT::isAnswer);
  }

  private static boolean isAnswer(Frame frame) {
    return frame.is("auth_ok") || frame.is("error") || frame.is("hello_error");
  }

  @Test
  void theRolesOfTheFreshTokenCount() {
    try (WireClient client = connect(ISSUER.token("alice", "user"))) {
      hello(client);
      auth(client, ISSUER.token("alice", "auditor"));
      assertEquals("role_lost", client.await("error").string("code"));
      assertEquals(CloseCode.NOT_ALLOWED, client.awaitClose());
    }
  }

  private static boolean isEnd(Frame frame) {
    return frame.json().getString("code", "").equals("auth_expired");
  }

  private static void assertRefused(WireClient client, String code, String token) {
    int before = client.frames().size();
    auth(client, token);
    assertEquals(code, client.await("error", before).string("code"));
  }

  private static void auth(WireClient client, String token) {
    client.send(Json.createObjectBuilder().add("type", "auth").add("token", token));
  }

  private static Frame hello(WireClient client) {
    int before = client.frames().size();
    client.send("{\"type\":\"hello\"}");
    return client.await("hello_ok", before);
  }

  private static long millisLeft(Frame helloOk) {
    return helloOk
        .json()
        .getJsonObject("policy")
        .getJsonNumber("auth_expires_in_ms")
        .longValueExact();
  }

  private static WireClient connect(String token) {
    return WireClient.connect(
        gateway.server().socketUri("/ws"),
        handshake -> handshake.header("Authorization", "Bearer " + token));
  }
}
