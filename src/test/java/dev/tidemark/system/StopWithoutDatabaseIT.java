package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.tools.run.ServerCli;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node whose database goes away while it stops does not wait for it. */
final class StopWithoutDatabaseIT {

  /** The turn's row is held for as long as the database is there, so that nothing ends the turn. */
  @Test
  void theStopEndsAndTheTurnIsLeftToItsLease() throws Exception {
    try (Gateway gateway =
            Gateway.startWithOwnCluster(
                "stop-away",
                Map.of(
                    "tidemark.drain.spread-millis", "0",
                    "tidemark.drain.turns-millis", "3000",
                    "tidemark.turn.abort-grace-millis", "1000"));
        ServerCli cli = ServerCli.connect(gateway.server());
        WireClient client = gateway.connect("alice")) {
      client.create();
      client.say("one ".repeat(200), "m-1", 200).awaitEvent("token_stream");
      try (Connection holder = gateway.database().connect();
          Statement hold = holder.createStatement()) {
        holder.setAutoCommit(false);
        hold.execute("select from tidemark.turn for update");
        cli.run(":suspend"); // the drain has begun
        gateway.cluster().stopImmediately();
      }
      gateway.server().stop(); // fails if it takes too long
      assertEquals(1012, client.awaitClose());
      gateway.cluster().start();
      assertEquals(
          1L,
          gateway
              .database()
              .value(Long.class, "select count(*) from tidemark.turn where status = 'running'"));
      gateway.server().start().awaitReady();
      try (WireClient again = gateway.connect("alice")) {
        again.join(client.await("joined").string("session_id"), 0);
        assertTrue(again.awaitEvent("turn_interrupted").text().contains("node_lost"));
      }
      gateway.server().kill(); // the next attempt runs, and a stop would wait for it
    }
  }
}
