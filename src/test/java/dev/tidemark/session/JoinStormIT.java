package dev.tidemark.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.AdvisoryGate;
import dev.tidemark.testing.database.RefusingTrigger;
import dev.tidemark.testing.gateway.Gateway;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many slow joins of one session at once leave threads for the other sessions. */
final class JoinStormIT {
  private static final int CLIENTS = 40;

  private final Gateway gateway = Gateway.shared();

  @Test
  void joinsOfOneSessionThatWaitDelayNoOtherSession() throws SQLException {
    List<WireClient> storm =
        Stream.generate(() -> gateway.connect("alice")).limit(CLIENTS).toList();
    try (WireClient joined = gateway.connect("alice");
        WireClient other = gateway.connect("alice")) {
      String sessionId = newSession();
      joined.create();
      try (AdvisoryGate gate =
          AdvisoryGate.beforeInsert(
              gateway.database(), "tidemark.join_record", "new.session_id = '" + sessionId + "'")) {
        String join = "{\"type\":\"join\",\"session_id\":\"" + sessionId + "\",\"since\":0}";
        storm.forEach(client -> client.send(join));
        gate.awaitArrival(); // the session's other joins wait behind the one that is under way
        joined.say("not delayed", "m-1", 0).awaitEvent("stream_end");
        other.create();
        other.say("nor this one", "m-1", 0).awaitEvent("stream_end");
      }
      for (WireClient client : storm) {
        client.await("replay_complete");
        assertEquals(sessionId, client.await("joined").string("session_id"));
      }
    } finally {
      storm.forEach(WireClient::close);
    }
  }

  @Test
  @SuppressWarnings("try") // the trigger is only there
  void aJoinThatTheDatabaseRefusesFailsAloneOfThoseThatShareItsTransaction() throws SQLException {
    try (WireClient first = gateway.connect("alice");
        WireClient refused = gateway.connect("alice");
        WireClient second = gateway.connect("alice")) {
      String sessionId = newSession();
      String mine = "new.session_id = '" + sessionId + "'";
      String join = "{\"type\":\"join\",\"session_id\":\"" + sessionId + "\"%s}";
      try (RefusingTrigger trigger =
          RefusingTrigger.onInsert(
              gateway.database(), "tidemark.join_record", mine + " and new.outcome = 'fresh'")) {
        try (var gate =
            AdvisoryGate.beforeInsert(gateway.database(), "tidemark.join_record", mine)) {
          first.send(join.formatted(",\"since\":0"));
          gate.awaitArrival(); // the other two gather meanwhile
          refused.send(join.formatted(""));
          second.send(join.formatted(",\"since\":0"));
          gateway.awaitMetric("tidemark_joins_waiting", 2);
        }
        assertEquals("internal", refused.await("error").string("code"));
        first.await("replay_complete");
        second.await("replay_complete");
      }
    }
  }

  /** A session that none of the test's clients has joined yet, so that their first join counts. */
  private String newSession() {
    try (WireClient client = gateway.connect("alice")) {
      return client.create().string("session_id");
    }
  }
}
