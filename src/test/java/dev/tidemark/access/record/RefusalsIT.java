package dev.tidemark.access.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.RawSocket;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Rest;
import jakarta.json.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every refusal of any kind is found in the record; a flood makes only a few rows, and hides
 * nobody.
 */
final class RefusalsIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int JOINS = 600;
  private static final int KEPT = 400;
  private static final int SHARE = KEPT / 20;
  private static final String WRITE = "{\"access\":\"write\"}";

  private static Gateway gateway;

  /** It is silent beside all tests, for no client that is only held up may pass for silent. */
  private static RawSocket silent;

  @BeforeAll
  static void start() throws IOException {
    gateway =
        Gateway.start(
            "refusals",
            Map.of(
                "tidemark.access.record-every-millis", "2000",
                "tidemark.access.refusals-kept", "" + KEPT,
                "tidemark.access.sign-ins-kept", "" + KEPT,
                "tidemark.access.connections-per-principal", "5",
                "tidemark.access.joins-per-minute", "" + JOINS,
                "tidemark.wire.max-payload-bytes", "2048",
                "tidemark.wire.max-bad-frames", "1",
                "tidemark.wire.heartbeat-millis", "200",
                "tidemark.wire.silence-millis", "8000",
                "tidemark.inbound.mailbox-frames", "4"));
    silent = gateway.connectRaw("alice");
  }

  @AfterAll
  static void stop() throws IOException {
    silent.close();
    gateway.close();
  }

  private final TestDatabase database = gateway.database();

  @Test
  void aRefusedHandshakeAndRequestHaveTheirStatusAndNeverACredential() throws Exception {
    String secret = "secret-" + UUID.randomUUID();
    knock(
        "/ws",
        "Authorization",
        "Basic " + Base64.getEncoder().encodeToString(("mallory:" + secret).getBytes(UTF_8)));
    knock("/ws", "Authorization", WireClient.authorization("auditor"));
    knock("/ws", "Origin", "https://elsewhere.example");
    knock("/ws", "Authorization", WireClient.authorization("bob"));
    knock("/api/me", "X", "x");
    HTTP.send(
        HttpRequest.newBuilder(gateway.server().uri("/api/node/drain"))
            .header("Authorization", WireClient.authorization("bob"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());

    await("handshake", "auth_required", "401", null);
    await("handshake", "not_allowed", "403", "auditor");
    await("handshake", "foreign_origin", "403", null);
    await("handshake", "upgrade_required", "426", "bob");
    await("request", "auth_required", "401", null);
    await("request", "not_allowed", "403", "bob");
    assertEquals(
        0L,
        database.value(
            Long.class,
            "select count(*) from tidemark.refusal_record r where r::text ~ ? or r::text ~ 'mallory|Basic '",
            secret));
    assertEquals(
        0L,
        database.value(
            Long.class,
            "select count(*) from audit.refusal_history where remote_address is null and code = 'auth_required'"));
  }

  @Test
  void everyRefusalByRestIsRecordedAndNoneOfWhatWasSent() throws Exception {
    Rest rest = new Rest(gateway);
    String body = "{\"payload-8\":\"payload-8\"}";
    try (WireClient owner = gateway.connect("alice")) {
      String mine = "/sessions/" + owner.create().string("session_id") + "/members/";
      assertEquals(409, rest.send("alice", "PUT", mine + "alice", WRITE).statusCode());
      assertEquals(404, rest.send("alice", "DELETE", mine + "bob").statusCode());
      assertEquals(400, rest.send("alice", "PUT", mine + "bob", body).statusCode());
    }
    assertEquals(404, rest.send("alice", "PUT", "/sessions/none/members/bob", WRITE).statusCode());
    assertEquals(404, rest.send("alice", "GET", "/nothing").statusCode());
    assertEquals(405, rest.send("alice", "POST", "/me").statusCode());
    assertEquals(400, rest.send("publisher", "POST", "/sessions/s/events", body).statusCode());
    String large = "\"" + "x".repeat(9_000) + "\"";
    assertEquals(413, rest.send("admin", "POST", "/revocations", large).statusCode());
    assertEquals(
        415,
        rest.send(Optional.empty(), "POST", "/backchannel-logout", Optional.of("{}")).statusCode());
    HttpRequest unreadable = // it is refused before it is asked who sends it
        HttpRequest.newBuilder(gateway.server().uri("/api/revocations"))
            .header("Authorization", WireClient.authorization("admin"))
            .header("Content-Type", "garbage")
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    assertEquals(400, HTTP.send(unreadable, BodyHandlers.ofString()).statusCode());

    await("request", "is_owner", "409", "alice");
    await("request", "no_such_member", "404", "alice");
    await("request", "invalid_request", "400", "alice");
    await("request", "no_such_session", "404", "alice");
    await("request", "not_found", "404", "alice");
    await("request", "invalid_request", "405", "alice");
    await("request", "invalid_request", "400", "publisher");
    await("request", "payload_too_large", "413", null); // before it is asked who sends it
    await("request", "invalid_request", "415", null);
    await("request", "invalid_request", "400", null); // the unreadable one, for the same reason
    assertEquals(
        0L,
        database.value(
            Long.class,
            "select count(*) from tidemark.refusal_record r where r::text ~ 'payload-8'"));
  }

  @Test
  void aRefusedFrameHasItsOperationItsSessionAndItsCloseCode() throws Exception {
    String sessionId = "mine-" + UUID.randomUUID();
    try (WireClient client = gateway.connect("alice")) {
      assertEquals(
          "error",
          client
              .send("{\"type\":\"message\",\"content\":\"payload-7\"}")
              .await("error")
              .string("type"));
      client.join(Json.createObjectBuilder().add("session_id", sessionId).add("create", true));
      client.join(Json.createObjectBuilder().add("session_id", "nobodys"));
      client.join(Json.createObjectBuilder().add("session_id", sessionId).add("agent_id", "other"));
      client.join(
          Json.createObjectBuilder()
              .add("session_id", "new")
              .add("create", true)
              .add("agent_id", "none"));
      client.send("{\"type\":\"auth\",\"token\":\"payload-7\"}");
      client.send("{\"type\":\"abort\"}");
      client.send("{\"type\":\"join\",\"since\":\"payload-7\",\"session_id\":\"x\"}");
      client.send("{\"payload-7\"");
      assertEquals(4028, client.awaitClose());
    }
    try (WireClient client = gateway.connect("alice")) {
      client.send("{\"type\":\"ping\",\"x\":\"" + "x".repeat(2_048) + "\"}");
      assertEquals(1009, client.awaitClose());
    }
    assertEquals(4002, silent.awaitClose());
    await("message", "not_joined", null, "alice");
    await("join", "no_such_session", "nobodys", "alice");
    await("join", "agent_mismatch", sessionId, "alice");
    await("join", "unknown_agent", "new", "alice");
    await("auth", "auth_unavailable", sessionId, "alice");
    await("abort", "no_running_turn", sessionId, "alice");
    await("frame", "invalid_since", sessionId, "alice");
    await("frame", "too_many_bad_frames", "4028", "alice");
    await("connection", "payload_too_large", "1009", "alice");
    await("connection", "silent", "4002", "alice");
    assertEquals(
        0L,
        database.value(
            Long.class,
            "select count(*) from tidemark.refusal_record r where r::text ~ 'payload-7'"));
  }

  @Test
  void oneConnectionTooManyIsRecorded() {
    List<WireClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        clients.add(gateway.connect("bob"));
      }
      WireClient last = gateway.connect("bob");
      clients.add(last);
      assertEquals(4029, last.awaitClose());
    } finally {
      clients.forEach(WireClient::close);
    }
    await("handshake", "too_many_connections", "4029", "bob");
  }

  @Test
  void aFloodOfRefusalsIsCountedAndCostsFewRows() {
    int flood = 2 * SHARE;
    long refused = flood;
    double lumped = gateway.metric("tidemark_refusals_lumped_total");
    try (WireClient client = gateway.connect("bob")) {
      for (int i = 0; i < flood; i++) {
        client.join(Json.createObjectBuilder().add("session_id", "flood-" + i));
      }
      while (client.join(Json.createObjectBuilder().add("session_id", "again")).is("error")) {
        assertTrue(refused < 10 * JOINS, "no join is one too many");
        refused++;
      }
      assertEquals(4029, client.awaitClose());
    }
    long all = refused;
    Awaitility.await("all refusals")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertEquals(
                    all,
                    database.value(
                        Long.class,
                        """
                        select sum(times)::bigint from tidemark.refusal_record
                         where code = 'no_such_session' and (principal = 'bob' or principal is null)""")));
    assertTrue(gateway.metric("tidemark_refusals_lumped_total") > lumped, "some were lumped");
    Awaitility.await("the end of the flood")
        .atMost(PATIENCE)
        .until(
            () ->
                database.value(
                        Long.class,
                        "select count(*) from audit.refusal_history where code = 'too_many_joins' and operation = 'join' and close_code = 4029")
                    == 1);
    assertTrue(
        SHARE + 1
            >= database.value(
                Long.class,
                """
                select max(rows) from (select count(*) as rows from tidemark.refusal_record
                 where principal = 'bob' and code = 'no_such_session' group by xmin::text) one"""),
        "each time the share of a principal, and one row for the rest");
  }

  @Test
  void aFloodOfProgramsOfOneAccountIsCountedAndHidesNobodyElse() throws Exception {
    int flood = 10 * SHARE;
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    for (int i = 0; i < flood; i++) {
      answers.add(me("publisher", "program " + i));
    }
    answers.add(me("admin", "the administrator's browser"));
    for (CompletableFuture<Integer> answer : answers) {
      assertEquals(200, answer.get());
    }
    for (String view : List.of("audit.sign_in_history", "audit.rest_reading_history")) {
      Awaitility.await("all of " + view)
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertEquals(
                      (long) flood,
                      database.value(
                          Long.class,
                          "select coalesce(sum(times), 0)::bigint from "
                              + view
                              + " where principal = 'publisher'")));
      assertEquals(
          List.of(List.of(true)),
          database.rows(
              """
              select distinct user_agent is null from %s
               where principal = 'publisher' and remote_address is null"""
                  .formatted(view)),
          "some were only counted");
      assertEquals(
          1L,
          database.value(
              Long.class,
              """
              select count(*) from %s where principal = 'admin' and user_agent = ?
                and remote_address is not null and times = 1"""
                  .formatted(view),
              "the administrator's browser"));
    }
  }

  private static CompletableFuture<Integer> me(String account, String userAgent) {
    return HTTP.sendAsync(
            HttpRequest.newBuilder(gateway.server().uri("/api/me"))
                .header("Authorization", WireClient.authorization(account))
                .header("User-Agent", userAgent)
                .build(),
            BodyHandlers.ofString())
        .thenApply(HttpResponse::statusCode);
  }

  private static void knock(String path, String header, String value) throws Exception {
    HTTP.send(
        HttpRequest.newBuilder(gateway.server().uri(path)).header(header, value).build(),
        BodyHandlers.ofString());
  }

  /** Waits for a refusal with this HTTP status, close code or session, or with none of them. */
  private void await(String operation, String code, String mark, String principal) {
    Awaitility.await(operation + " " + code)
        .atMost(PATIENCE)
        .until(
            () ->
                database.value(
                    Boolean.class,
                    """
                    select exists (select from audit.refusal_history
                      where operation = ? and code = ? and principal is not distinct from ?
                        and (? in (http_status::text, close_code::text, session_id)
                             or coalesce(http_status::text, close_code::text, session_id) is null))""",
                    operation,
                    code,
                    principal,
                    mark));
  }
}
