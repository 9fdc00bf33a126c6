package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.faults.StandingListener;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Work that stands still is noticed, and ends the node only where that can help. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class StandstillIT {
  private static final double EXIT_SECONDS = 10;

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.startWithAgents(
            "standstill",
            Map.of(
                "tidemark.node.standstill-millis",
                "2000",
                "tidemark.node.exit-after-standstill-millis",
                "10000"),
            StandingListener.class);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  @Order(1)
  void aWriterThatWaitsForTheDatabaseMakesTheNodeNotReadyAndDoesNotEndIt() throws Exception {
    try (WireClient client = gateway.connect("alice");
        Connection holder = gateway.database().connect();
        Statement lock = holder.createStatement()) {
      client.create();
      holder.setAutoCommit(false);
      lock.execute("lock table tidemark.event in access exclusive mode");
      client.say("hello", "m-1", 0);
      Readiness.awaitRefusal(gateway.server(), "s: it waits for the database.");
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> gateway.metric("tidemark_standstill_seconds") > EXIT_SECONDS + 2);
      assertTrue(gateway.server().isRunning());
      assertEquals(1, logged("TIDE0007 Standing still: Writer "), "said once");
      holder.rollback();
      client.awaitEvent("stream_end");
    }
    Readiness.awaitUp(gateway.server());
    Awaitility.await("it is said that all moves again").until(() -> logged("TIDE0008") >= 1);
  }

  @Test
  @Order(2)
  void aWriterThatStandsStillByItselfEndsTheNodeAndNothingIsLost() throws Exception {
    String sessionId;
    try (WireClient client = gateway.connect("alice")) {
      sessionId = client.create().string("session_id");
      client.say("stand still", "m-1", 0);
      Readiness.awaitRefusal(gateway.server(), "of the log has not moved for");
      assertTrue(gateway.server().process().waitFor(60, TimeUnit.SECONDS));
    }
    assertEquals(70, gateway.server().process().exitValue());
    assertEquals(1, logged("TIDE0009"));
    List<String> log = gateway.logged();
    assertTrue(log.stream().anyMatch(line -> line.contains("StandingListener")), "the place");
    gateway.server().start().awaitReady();
    try (WireClient client = gateway.connect("alice")) {
      client.join(sessionId, 0);
      client.awaitEvent("stream_end");
      client.say("stand still", "m-1", 0);
      assertTrue(client.await("message_ack").json().getBoolean("duplicate"));
    }
  }

  private static long logged(String id) {
    return gateway.logged().stream().filter(line -> line.contains(id)).count();
  }
}
