package dev.tidemark.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Rest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A psql that holds rows holds up who needs them for a moment, and nobody else. */
final class HeldRowsIT {
  /** More than there are threads that handle frames. */
  private static final int CLIENTS = 20;

  private final Gateway gateway = Gateway.shared();

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
      Rest rest = new Rest(gateway);
      String path = "/sessions/" + sessionId + "/members/bob";
      assertEquals(503, rest.send("alice", "PUT", path, "{\"access\":\"read\"}").statusCode());
      holder.rollback();
      assertEquals(201, rest.send("alice", "PUT", path, "{\"access\":\"read\"}").statusCode());
    }
  }
}
