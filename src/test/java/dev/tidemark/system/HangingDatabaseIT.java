package dev.tidemark.system;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.tools.run.DatabaseLogin;
import dev.tidemark.tools.run.DevelopmentDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A database that hangs stops no timer, and one that falls silent is found out. */
final class HangingDatabaseIT {
  private static DevelopmentDatabase cluster;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    cluster = DevelopmentDatabase.startFresh("hanging-database");
    cluster.createDatabase("tidemark");
    DatabaseLogin app = cluster.app("tidemark");
    gateway =
        Gateway.startOn(
            cluster,
            "hanging",
            server ->
                server
                    .database(
                        new DatabaseLogin(
                            app.url() + "?socketTimeout=10&loginTimeout=5",
                            app.user(),
                            app.password()))
                    .systemProperty("tidemark.wire.heartbeat-millis", "200")
                    .systemProperty("tidemark.turn.sweep-millis", "200"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    cluster.close();
  }

  /** Each of the tables is read by a periodic job, and there are two threads for all timers. */
  @Test
  void timersGoOnWhilePeriodicJobsWaitForLocks() throws Exception {
    TestDatabase database = gateway.database();
    try (WireClient client = gateway.connect("alice");
        Connection holder = database.connect();
        Statement lock = holder.createStatement()) {
      client.create();
      holder.setAutoCommit(false);
      lock.execute(
          "lock table tidemark.schema_version, tidemark.turn, tidemark.session_head in access"
              + " exclusive mode");
      Awaitility.await("three jobs that wait")
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  database.value(
                          Long.class,
                          """
                          select count(distinct l.relation) from pg_locks l
                           where not l.granted and l.relation in ('tidemark.schema_version'::regclass,
                             'tidemark.turn'::regclass, 'tidemark.session_head'::regclass)\
                          """)
                      == 3);
      for (int i = 0; i < 3; i++) {
        client.await("ping", client.frames().size());
      }
    }
    Readiness.awaitUp(gateway.server());
  }

  @Test
  void aDatabaseThatFallsSilentIsFoundOutAndTheNodeComesBack() {
    try (WireClient client = gateway.connect("alice")) {
      client.create();
      cluster.freeze();
      try {
        Readiness.awaitRefusal(gateway.server(), "The database does not answer");
        client.await("ping", client.frames().size());
        gateway.awaitMetric("tidemark_listening", 0);
      } finally {
        cluster.thaw();
      }
      Readiness.awaitUp(gateway.server());
      gateway.awaitMetric("tidemark_listening", 1);
      client.say("hello", "m-1", 0).awaitEvent("stream_end");
    }
  }
}
