package dev.tidemark.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Guest;
import dev.tidemark.testing.gateway.Rest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A psql that holds rows holds up who needs them for a moment, and nobody else. */
final class HeldRowsIT {
  /** More than there are threads that handle frames. */
  private static final int CLIENTS = 20;

  /** As many as one publisher has threads, {@code tidemark.access.threads-per-caller}. */
  private static final int THREADS_OF_PUBLISHER = 2;

  private final Gateway gateway = Gateway.shared();
  private final Rest rest = new Rest(gateway);

  @Test
  void namesThatAnotherTransactionIsMakingHoldUpNoOtherClient() throws SQLException {
    String prefix = "held-" + UUID.randomUUID();
    List<WireClient> clients =
        Stream.generate(() -> gateway.connect("alice")).limit(CLIENTS).toList();
    try (WireClient other = gateway.connect("alice");
        Connection holder = gateway.database().connect();
        Statement insert = holder.createStatement()) {
      other.create();
      holder.setAutoCommit(false);
      insert.execute(
          """
          insert into tidemark.session (session_id, tenant, agent_id, owner)
          select '%s-' || n, 'default', 'echo', 'bob' from generate_series(1, %d) as n\
          """
              .formatted(prefix, CLIENTS));
      for (int i = 0; i < CLIENTS; i++) {
        clients
            .get(i)
            .send(
                "{\"type\":\"join\",\"create\":true,\"session_id\":\"%s-%d\"}"
                    .formatted(prefix, i + 1));
      }
      other.say("not held up", "m-1", 0).awaitEvent("stream_end");
      for (WireClient client : clients) {
        assertEquals("unavailable", client.await("error").string("code"));
      }
    } finally {
      clients.forEach(WireClient::close);
    }
  }

  @Test
  void aMemberIsNotAddedToASessionThatAnotherTransactionHolds() throws SQLException {
    try (WireClient client = gateway.connect("alice");
        Connection holder = gateway.database().connect();
        Statement lock = holder.createStatement()) {
      String sessionId = client.create().string("session_id");
      holder.setAutoCommit(false);
      lock.execute(
          "select from tidemark.session where session_key = %d for update"
              .formatted(gateway.database().sessionKey(sessionId)));
      String path = "/sessions/" + sessionId + "/members/bob";
      assertEquals(503, rest.send("alice", "PUT", path, "{\"access\":\"read\"}").statusCode());
      holder.rollback();
      assertEquals(201, rest.send("alice", "PUT", path, "{\"access\":\"read\"}").statusCode());
    }
  }

  @Test
  void aPublisherWhoseSessionIsHeldIsToldAndGoesOnElsewhere() throws SQLException {
    String event =
        "{\"type\":\"broadcast\",\"data\":{},\"event_id\":\"%s\"}".formatted(UUID.randomUUID());
    try (WireClient client = gateway.connect("alice");
        WireClient other = gateway.connect("alice");
        Connection holder = gateway.database().connect();
        Statement lock = holder.createStatement()) {
      String sessionId = client.create().string("session_id");
      String otherId = other.create().string("session_id");
      holder.setAutoCommit(false);
      lock.execute(
          "select from tidemark.session_head where session_key = %d for update"
              .formatted(gateway.database().sessionKey(sessionId)));
      List<CompletableFuture<HttpResponse<String>>> held =
          Stream.generate(() -> publishing(sessionId, event)).limit(THREADS_OF_PUBLISHER).toList();
      gateway.awaitMetric("tidemark_log_waiting", THREADS_OF_PUBLISHER);
      HttpResponse<String> elsewhere = publishing(otherId, event).join();
      assertEquals(201, elsewhere.statusCode(), elsewhere.body());
      for (CompletableFuture<HttpResponse<String>> one : held) {
        HttpResponse<String> told = one.join();
        assertEquals(503, told.statusCode());
        assertTrue(told.body().contains("\"unavailable\""), told.body());
        assertTrue(told.headers().firstValue("Retry-After").isPresent());
      }
      holder.rollback();
      HttpResponse<String> again = publish(sessionId, event);
      assertEquals(200, again.statusCode(), "what waited was before it: " + again.body());
      assertEquals(1, gateway.database().log(sessionId).size());
    }
  }

  private CompletableFuture<HttpResponse<String>> publishing(String sessionId, String event) {
    return CompletableFuture.supplyAsync(
            () -> publish(sessionId, event), task -> new Thread(task).start())
        .orTimeout(40, TimeUnit.SECONDS);
  }

  private HttpResponse<String> publish(String sessionId, String event) {
    return rest.send("publisher", "POST", "/sessions/" + sessionId + "/events", event);
  }

  /** Its node renews all its logins together, and ends those that have ended one by one. */
  @Test
  void aLoginWhoseRowIsHeldKeepsNoOtherFromItsRenewal() throws Exception {
    Guest browser = new Guest(gateway);
    String heldCookie = browser.login("alice");
    String freeCookie = browser.login("bob");
    UUID heldLogin = login(browser, heldCookie);
    UUID freeLogin = login(browser, freeCookie);
    try (Connection holder = gateway.database().connect();
        Statement lock = holder.createStatement()) {
      holder.setAutoCommit(false);
      lock.execute(
          "select from tidemark.browser_login where login_id = '%s' for update"
              .formatted(heldLogin));
      for (int renewals = 0; renewals < 2; renewals++) {
        Timestamp before = aliveUntil(freeLogin);
        Awaitility.await("a renewal")
            .atMost(Duration.ofSeconds(40))
            .until(() -> aliveUntil(freeLogin).after(before));
      }
      assertEquals(503, browser.ask("POST", "/api/tickets", "Cookie", heldCookie).statusCode());
      assertEquals(200, browser.ask("POST", "/api/tickets", "Cookie", freeCookie).statusCode());
    }
    assertEquals(200, browser.ask("POST", "/api/tickets", "Cookie", heldCookie).statusCode());
  }

  /** Makes a ticket, and so a row for the login, the newest one. */
  private UUID login(Guest browser, String cookie) throws Exception {
    HttpResponse<String> issued = browser.ask("POST", "/api/tickets", "Cookie", cookie);
    assertEquals(200, issued.statusCode(), issued.body());
    return gateway
        .database()
        .value(
            UUID.class,
            "select login_id from tidemark.ticket where login_id is not null order by issued_at desc limit 1");
  }

  private Timestamp aliveUntil(UUID login) {
    return gateway
        .database()
        .value(
            Timestamp.class,
            "select alive_until from tidemark.browser_login where login_id = ?",
            login);
  }
}
