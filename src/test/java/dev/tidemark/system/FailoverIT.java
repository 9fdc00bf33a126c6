package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.database.InstalledPostgres;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Ports;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Fails over from a primary to its standby by streaming replication. The gateway finds the primary
 * by its address of two hosts, as {@code docs/operations.md} recommends, and is told nothing.
 */
final class FailoverIT {
  private static InstalledPostgres postgres;
  private static DevelopmentDatabase primary;
  private static DevelopmentDatabase standby;
  private static int freePort;
  private static Gateway gateway;
  private static int standbys;

  @BeforeAll
  static void start() {
    postgres = InstalledPostgres.orSkip();
    primary = postgres.startFresh("failover-database");
    primary.createDatabase("tidemark");
    freePort = Ports.free();
    String url =
        "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/tidemark?targetServerType=primary&hostRecheckSeconds=2"
            .formatted(primary.port(), freePort);
    gateway =
        Gateway.startOn(primary, "failover", node -> node.environment("TIDEMARK_DB_URL", url));
  }

  @AfterAll
  static void stop() {
    if (gateway != null) {
      gateway.close();
    }
    if (primary != null) {
      primary.close();
    }
  }

  @BeforeEach
  void aStandbyFollows() {
    standby = postgres.startStandby(primary, "failover-database-" + ++standbys, freePort);
  }

  @AfterEach
  void theInvariantsHold() {
    assertEquals(List.of(), now().invariantViolations());
  }

  @Test
  void aPromotionThatLostCommitsBeginsAnEpochAndEveryClientIsToldOnce() {
    try (ForkedSession session = new ForkedSession(gateway)) {
      awaitReplayed();
      stopFollowing();
      session.lose();
      long epochs = epochs();

      DevelopmentDatabase old = primary;
      primary.stopImmediately();
      failOver();

      assertEquals(epochs + 1, epochs());
      session.requireOneResync(now());
      old.close();
    }
  }

  /** The timeline changes all the same, and the gateway cannot know whether anything was lost. */
  @Test
  void aSwitchoverThatLostNothingBeginsAnEpochTooAndEveryClientIsToldOnce() {
    try (ForkedSession session = new ForkedSession(gateway)) {
      session.keep();
      long epochs = epochs();

      DevelopmentDatabase old = primary;
      primary.stop(); // returns only once the standby has everything
      failOver();

      assertEquals(epochs + 1, epochs());
      session.requireOneResync(now());
      old.close();
    }
  }

  @Test
  void anOldPrimaryThatComesBackAsAStandbyIsAskedNothingThoughItIsNamedFirst() {
    try (ForkedSession session = new ForkedSession(gateway)) {
      awaitReplayed();
      stopFollowing();
      session.lose();
      DevelopmentDatabase old = primary;
      primary.stopImmediately();
      failOver();
      long epochs = epochs();

      old.becomeStandby(); // fences the old primary
      old.start();
      TestDatabase lost = new TestDatabase(old, "tidemark");
      List<List<Object>> lostHeads = heads(lost);
      now()
          .rows(
              "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tidemark_app'");

      session.requireOneResync(now());
      assertEquals(epochs, epochs());
      assertEquals(lostHeads, heads(lost));
      String connected = "select count(*) from pg_stat_activity where usename = 'tidemark_app'";
      Awaitility.await("nobody stays: the driver may look whether it is a primary again")
          .until(() -> lost.value(Long.class, connected) == 0);
      old.close();
    }
  }

  private static List<List<Object>> heads(TestDatabase database) {
    return database.rows("select session_key, head_cursor from tidemark.session_head order by 1");
  }

  private static void failOver() {
    Readiness.awaitRefusal(gateway.server(), "The database does not answer");
    standby.promote();
    freePort = primary.port();
    primary = standby;
    Readiness.awaitUp(gateway.server());
  }

  private static void awaitReplayed() {
    String written = now().value(String.class, "select pg_current_wal_lsn()::text");
    awaitOnStandby("select pg_last_wal_replay_lsn() >= '" + written + "'");
  }

  /** Stops the replication to the standby, as if the network between the two were cut. */
  private static void stopFollowing() {
    TestDatabase following = new TestDatabase(standby, "tidemark");
    following.execute("alter system set primary_conninfo = ''");
    following.execute("select pg_reload_conf()");
    awaitOnStandby("select not exists (select from pg_stat_wal_receiver)");
  }

  private static void awaitOnStandby(String condition) {
    TestDatabase following = new TestDatabase(standby, "tidemark");
    Awaitility.await(condition)
        .atMost(Duration.ofSeconds(60))
        .until(() -> following.value(Boolean.class, condition));
  }

  private static TestDatabase now() {
    return new TestDatabase(primary, "tidemark");
  }

  private static long epochs() {
    return now().value(Long.class, "select count(*) from tidemark.epoch");
  }
}
