package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.InstalledPostgres;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.EarlierVersion;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Directories;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Timestamp;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A rolling upgrade: first the schema under a running node of the old version, then the nodes, one
 * by one. The old version is the oldest that the newest schema declares compatible ({@code
 * tidemark.schema_version.compatible_from}); it is built from the history.
 */
final class UpgradeIT {
  private static final Path DB = Path.of("db").toAbsolutePath();
  private static final long SEED = 9;
  private static final int SESSIONS = 4;
  private static final int LONGEST_PAUSE_MILLIS = 15_000;

  /** Words of an answer that no machine has said before the upgrade is over. */
  private static final int ENDLESS = 100_000;

  private static DevelopmentDatabase server;
  private static TestDatabase database;
  private static InstalledPostgres postgres;
  private static EarlierVersion before;
  private static Gateway old;

  @BeforeAll
  static void start() throws IOException {
    postgres = InstalledPostgres.orSkip();
    server = postgres.startFresh("upgrade-database");
    int compatibleFrom = compatibleFrom();
    before = EarlierVersion.orSkip(compatibleFrom);
    Path earlier = Directories.forTest("upgrade-db");
    Directories.delete(earlier);
    Directories.copy(before.db(), earlier);
    Files.copy(
        DB.resolve("install.sh"),
        earlier.resolve("install.sh"),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.COPY_ATTRIBUTES);
    server.createDatabase("tidemark", login -> postgres.install(earlier, login));
    database = new TestDatabase(server, "tidemark");
    assertEquals(compatibleFrom, version());
    old = node("upgrade-old", before.war());
  }

  /** The oldest version that the newest schema supports; skips if that is the newest itself. */
  private static int compatibleFrom() {
    server.createDatabase("newest", login -> postgres.install(DB, login));
    List<Object> newest =
        new TestDatabase(server, "newest")
            .rows("select max(version), max(compatible_from) from tidemark.schema_version")
            .get(0);
    Assumptions.assumeFalse(
        newest.get(0).equals(newest.get(1)),
        "the newest schema is for applications of its own version only");
    return (Integer) newest.get(1);
  }

  /** Starts a node that purges all the time, because the purge too must work with both schemas. */
  private static Gateway node(String name, Path war) {
    return Gateway.startOn(
        server,
        name,
        node -> node.war(war).systemProperty("tidemark.retention.purge-every-millis", "200"));
  }

  @AfterAll
  static void stop() {
    if (old != null) {
      old.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void clientsMoveFromTheOldApplicationToTheNewOneAndGetEveryEventOnce() throws Exception {
    URI there = old.server().socketUri("/ws");
    try (Crowd crowd = new Crowd(new Random(SEED), SESSIONS, there)) {
      crowd.talkUntilAcknowledged(10);

      upgradeWhileTheyTalk(crowd);
      crowd.talkUntilAcknowledged(10); // the old application, the new schema

      try (Gateway fresh = node("upgrade-new", Directories.war())) {
        assertTrue(old.server().isReady(), "the old node is content with the new schema");
        crowd.moveTo(there, fresh.server().socketUri("/ws"));
        crowd.talkUntilAcknowledged(20);
        crowd.moveTo(fresh.server().socketUri("/ws"));
        drain(old);
        crowd.talkUntilAcknowledged(10);
        old.close();
        crowd.talkUntilAcknowledged(10);
        crowd.listenUntilQuiet(database);
        crowd.requireTheLog(database);
        assertEquals(List.of(), complaints(fresh));
      }
      assertEquals(List.of(), complaints(old));
    }
  }

  /** One session has an append every few milliseconds, so that a pause shows. */
  private static void upgradeWhileTheyTalk(Crowd crowd) {
    try (WireClient speaker = old.connect("bob")) {
      String sessionId = speaker.create().string("session_id");
      speaker.say("w ".repeat(ENDLESS), "m-long", 2).awaitEvent("token_stream");
      Timestamp steady = now();
      crowd.talkUntilAcknowledged(10);
      int from = version();
      Timestamp began = now();
      CompletableFuture<Void> upgrade =
          CompletableFuture.runAsync(() -> postgres.install(DB, server.superuser(database.name())));
      crowd.talkUntil("the new schema", upgrade::isDone);
      upgrade.join();
      Timestamp ended = now();
      crowd.talkUntilAcknowledged(10);
      long before = longestPauseMillis(sessionId, steady, began);
      long during = longestPauseMillis(sessionId, began, now());
      System.err.printf(
          "Schema %d to %d in %d ms under a node of %s; the longest pause between two appends: %d ms before, %d ms during%n",
          from, version(), ended.getTime() - began.getTime(), UpgradeIT.before, before, during);
      assertTrue(during < LONGEST_PAUSE_MILLIS, "appends paused for " + during + " ms");
      speaker.send("{\"type\":\"abort\"}").awaitEvent("aborted");
    }
  }

  private static long longestPauseMillis(String sessionId, Timestamp from, Timestamp to) {
    Long longest =
        database.value(
            Long.class,
            """
            select (extract(epoch from max(pause)) * 1000)::bigint
              from (select e.created_at, e.created_at - lag(e.created_at) over (order by e.cursor) as pause
                      from tidemark.event e join tidemark.session using (session_key)
                     where session_id = ?) appended
             where created_at between ? and ?""",
            sessionId,
            from,
            to);
    return longest;
  }

  private static Timestamp now() {
    return database.value(Timestamp.class, "select clock_timestamp()");
  }

  private static int version() {
    return database.value(Integer.class, "select max(version) from tidemark.schema_version");
  }

  /** Up to version 1.0 an administrator drains. */
  private static void drain(Gateway node) throws IOException, InterruptedException {
    assertTrue(
        drain(node, "operator") == 202 || drain(node, "admin") == 202, "the node is drained");
  }

  private static int drain(Gateway node, String account) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(node.server().uri("/api/node/drain"))
            .header("Authorization", WireClient.authorization(account))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }

  /**
   * Returns the log messages by which a node would complain about its database. A purge that meets
   * a lock of the upgrade gives up at once and comes again, by design.
   */
  private static List<String> complaints(Gateway node) throws IOException {
    try (Stream<String> lines = Files.lines(node.server().logFile())) {
      return lines
          .filter(line -> line.matches(".*(TIDE0101|TIDE0503| ERROR \\[dev\\.tidemark).*"))
          .filter(line -> !line.matches(".*TIDE0503.*PessimisticLockException.*"))
          .toList();
    }
  }
}
