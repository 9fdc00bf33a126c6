package dev.tidemark.access.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.SignOnGateway;
import dev.tidemark.testing.identity.Keycloak;
import dev.tidemark.wire.Name;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Programs with a bearer token are let in, and all others are told why not. */
final class BearerTokenIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Gateway gateway = SignOnGateway.shared();
  private final Keycloak keycloak = Keycloak.shared();

  @Test
  void aTokenSaysWhoYouAreOverRestAndOnTheSocket() throws Exception {
    JsonObject me = json(get("/api/me", keycloak.token("alice")));
    assertEquals("alice", me.getString("name"));
    assertEquals("[\"user\"]", me.get("roles").toString());
    assertEquals(
        "[\"publisher\"]", json(get("/api/me", keycloak.publisherToken())).get("roles").toString());
    try (WireClient alice = gateway.connectWithToken(keycloak.token("alice"))) {
      alice.create();
      alice.say("hello", "m-1", 1);
      alice.awaitEvent("stream_end");
    }
  }

  @Test
  void nobodyAndTheAccountsOfDevelopmentAreTurnedAwayBeforeTheUpgrade() throws Exception {
    for (String path : List.of("/ws", "/api/me")) {
      for (HttpRequest.Builder request :
          List.of(request(path), request(path).header("Authorization", basic("alice")))) {
        HttpResponse<String> refused = send(request);
        assertEquals(401, refused.statusCode());
        assertEquals("auth_required", json(refused).getString("code"));
        assertEquals("Bearer realm=\"tidemark\"", challenge(refused));
      }
    }
  }

  @Test
  void aTokenThatIsNotForUsIsRefusedWithItsReasonAndRecordedWithoutIt() throws Exception {
    String token = keycloak.token("alice");
    String[] parts = token.split("\\.", -1);
    String unsigned = base64("{\"alg\":\"none\",\"typ\":\"JWT\"}") + "." + parts[1] + ".";
    String promoted = new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8);
    assertTrue(promoted.contains("\"alice\""));
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put(keycloak.tokenForElsewhere("alice"), "wrong_audience");
    wrong.put(keycloak.tokenOfAnotherIssuer("alice"), "wrong_issuer");
    wrong.put(unsigned, "bad_signature");
    wrong.put(parts[0] + "." + parts[1] + ".", "malformed_token");
    wrong.put(
        parts[0] + "." + base64(promoted.replace("alice", "admin")) + "." + parts[2],
        "bad_signature");
    wrong.put(
        parts[0]
            + "."
            + parts[1]
            + "."
            + (parts[2].startsWith("A") ? "B" : "A")
            + parts[2].substring(1),
        "bad_signature");
    wrong.put("nonsense", "malformed_token");
    for (Map.Entry<String, String> one : wrong.entrySet()) {
      for (String path : List.of("/ws", "/api/me")) {
        HttpResponse<String> refused = get(path, one.getKey());
        assertEquals(one.getValue(), json(refused).getString("code"), one.getKey());
        assertEquals(401, refused.statusCode());
        assertEquals("Bearer realm=\"tidemark\", error=\"invalid_token\"", challenge(refused));
      }
      awaitRefusal("handshake", one.getValue());
    }
    wrong.keySet().forEach(this::requireNowhere);
  }

  @Test
  void aTokenIsTakenUntilItEndsAndNotAfter() throws Exception {
    String token = keycloak.shortToken("bob");
    assertEquals(200, get("/api/me", token).statusCode());
    Awaitility.await("the token's end")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> get("/api/me", token).statusCode() != 200);
    HttpResponse<String> refused = get("/ws", token);
    assertEquals("token_expired", json(refused).getString("code"));
    assertEquals(401, refused.statusCode());
  }

  @Test
  void aTokenInTheAddressIsRefusedEverywhereAndWrittenDownNowhere() throws Exception {
    String token = keycloak.token("alice");
    for (String address :
        List.of(
            "/ws?access_token=" + token,
            "/api/me?x=1&access%5Ftoken=" + token,
            "/?access_token=" + token,
            "/js/app.js?access_token=" + token)) {
      for (HttpRequest.Builder request :
          List.of(request(address), request(address).header("Authorization", "Bearer " + token))) {
        HttpResponse<String> refused = send(request);
        assertEquals(400, refused.statusCode(), address);
        assertEquals("token_in_address", json(refused).getString("code"));
        assertTrue(refused.headers().firstValue("Location").isEmpty());
      }
    }
    awaitRefusal("handshake", "token_in_address");
    awaitRefusal("request", "token_in_address");
    requireNowhere(token);
  }

  @Test
  void whoHasNoRoleOrNoTenantIsKnownAndStaysOutside() throws Exception {
    for (String path : List.of("/ws", "/api/me")) {
      HttpResponse<String> noRole = get(path, keycloak.token("norole"));
      assertEquals(403, noRole.statusCode());
      assertEquals("not_allowed", json(noRole).getString("code"));
      HttpResponse<String> noTenant = get(path, keycloak.token("notenant"));
      assertEquals(403, noTenant.statusCode());
      assertEquals("wrong_caller", json(noTenant).getString("code"));
    }
    assertEquals(403, get("/ws", keycloak.token("auditor")).statusCode());
    assertEquals(200, get("/api/me", keycloak.token("auditor")).statusCode());
  }

  @Test
  void aNameThatIsTooLongForTheRecordsIsRefusedAtSignInAndTheLongestSpeaks() throws Exception {
    String longest = "n".repeat(Name.MAX_LENGTH);
    try (WireClient client = gateway.connectWithToken(keycloak.token(longest))) {
      client.create();
      client.say("hello", "m-1", 1);
      client.awaitEvent("stream_end");
    }
    String tooLong = keycloak.token(longest + "n");
    for (String path : List.of("/ws", "/api/me")) {
      HttpResponse<String> refused = get(path, tooLong);
      assertEquals(403, refused.statusCode());
      assertEquals("name_too_long", json(refused).getString("code"));
      assertEquals(
          "application/problem+json", refused.headers().firstValue("Content-Type").orElse("none"));
    }
    try (WireClient client = gateway.connectWithToken(keycloak.token("alice"))) {
      client.create();
      client.send(Json.createObjectBuilder().add("type", "auth").add("token", tooLong));
      assertEquals("name_too_long", client.await("error").string("code"));
      client.send("{\"type\":\"ping\"}").await("pong");
    }
  }

  @Test
  void anOpenSocketOutlivesTheKeyThatItsTokenWasSignedWith() {
    String before = keycloak.token("alice");
    try (WireClient open = gateway.connectWithToken(before)) {
      open.create();
      keycloak.rotateKey();
      String after = keycloak.token("alice");
      assertFalse(header(before).equals(header(after)), "signed with another key");
      try (WireClient next = gateway.connectWithToken(after)) {
        next.create();
      }
      open.say("still there", "m-1", 1);
      open.awaitEvent("stream_end");
    }
  }

  @Test
  void twoTenantsHaveEachTheirOwnSessionOfAName() {
    String same = "same-" + UUID.randomUUID();
    String alices = "alices-" + UUID.randomUUID();
    try (WireClient alice = gateway.connectWithToken(keycloak.token("alice"));
        WireClient carol = gateway.connectWithToken(keycloak.token("carol"))) {
      alice.join(named(alices).add("create", true));
      alice.join(named(same).add("create", true));
      alice.say("of acme", "m-1", 1);
      alice.awaitEvent("stream_end");
      Frame hers = carol.join(named(same).add("create", true));
      assertEquals(0, hers.number("cursor"), "a session of its own, and empty");

      Frame refused = carol.join(named(alices));
      Frame missing = carol.join(named("never-" + UUID.randomUUID()));
      assertEquals("no_such_session", refused.string("code"));
      assertEquals(missing.string("code"), refused.string("code"));
      assertEquals(missing.string("message"), refused.string("message"));
    }
  }

  private static JsonObjectBuilder named(String sessionId) {
    return Json.createObjectBuilder().add("session_id", sessionId);
  }

  private static String header(String token) {
    return token.substring(0, token.indexOf('.'));
  }

  private void awaitRefusal(String operation, String code) {
    Awaitility.await(operation + " " + code)
        .atMost(PATIENCE)
        .until(
            () ->
                gateway
                    .database()
                    .value(
                        Boolean.class,
                        "select exists (select from audit.refusal_history where operation = ? and code = ?)",
                        operation,
                        code));
  }

  /** Requires that no part of the token, not even its claims, is in the record or the log. */
  private void requireNowhere(String token) {
    String log;
    try {
      log = Files.readString(gateway.server().logFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    for (String part : token.split("\\.", -1)) {
      if (part.length() > 16) {
        assertFalse(log.contains(part), "in the log");
        assertEquals(
            0L,
            gateway
                .database()
                .value(
                    Long.class,
                    "select count(*) from tidemark.refusal_record r where strpos(r::text, ?) > 0",
                    part));
      }
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(gateway.server().uri("") + path));
  }

  private HttpResponse<String> get(String path, String token)
      throws IOException, InterruptedException {
    return send(request(path).header("Authorization", "Bearer " + token));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonObject json(HttpResponse<String> response) {
    try (var reader = Json.createReader(new StringReader(response.body()))) {
      return reader.readObject();
    }
  }

  private static String challenge(HttpResponse<String> response) {
    return response.headers().firstValue("WWW-Authenticate").orElse("none");
  }

  private static String basic(String account) {
    return WireClient.authorization(account);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }
}
