package dev.tidemark.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.development.WildFlyServer;
import dev.tidemark.testing.Gateway;
import dev.tidemark.testing.WireClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

/**
 * What a user and an operator feel: the boot, the way from the append to the client, what an idle
 * connection weighs.
 */
final class GatewayBench {
  private static final Logger LOG = Logger.getLogger(GatewayBench.class);
  private static final int TOKENS = 500;
  private static final int IDLE = 1_000;
  private static final Pattern HEAP_USED = Pattern.compile("used (\\d+)K");

  @Test
  void bootToReady() {
    Gateway gateway = Gateway.shared();
    Figures server =
        Figures.of(() -> bootSeconds(WildFlyServer.named("bench-empty").withoutWar().build()));
    Figures whole =
        Figures.of(
            () ->
                bootSeconds(
                    WildFlyServer.named("bench-boot")
                        .database(gateway.cluster().app(gateway.database().name()))
                        .developmentAccounts()
                        .build()));
    LOG.infof(
        "BENCH boot to ready, s: the server alone %s, with Tidemark %s, ratio %.2f",
        server, whole, whole.median() / server.median());
  }

  private static double bootSeconds(WildFlyServer server) {
    long start = System.nanoTime();
    try (server) {
      server.start().awaitReady();
      return (System.nanoTime() - start) / 1e9;
    }
  }

  @Test
  void fromTheAppendToTheClient() throws SQLException {
    Gateway gateway = Gateway.shared();
    try (WireClient client = gateway.connect("alice")) {
      client.create();
      client.say("warm ".repeat(TOKENS), "warm-up", 1).awaitEvent("stream_end");
      int before = client.frames().size();
      client.say("word ".repeat(TOKENS), "measured", 4);
      client.await("the end", frame -> frame.is("stream_end"), before);
      double[] millis =
          client.frames().stream()
              .skip(before)
              .filter(frame -> frame.is("token_stream"))
              .mapToDouble(
                  frame ->
                      (frame.receivedNanos() - nanos(Instant.parse(frame.string("timestamp"))))
                          / 1e6)
              .toArray();
      double[] commits = commitMillis(gateway);
      LOG.infof(
          "BENCH from the append (its clock, under the row lock) to the frame, ms: p50 %.2f p99 %.2f; a bare commit of one row: p50 %.2f p99 %.2f; ratio of the p50s %.2f",
          Figures.percentile(millis, 50),
          Figures.percentile(millis, 99),
          Figures.percentile(commits, 50),
          Figures.percentile(commits, 99),
          Figures.percentile(millis, 50) / Figures.percentile(commits, 50));
      assertTrue(millis.length == TOKENS);
    }
  }

  private static long nanos(Instant moment) {
    return moment.getEpochSecond() * 1_000_000_000L + moment.getNano();
  }

  private static double[] commitMillis(Gateway gateway) throws SQLException {
    gateway
        .database()
        .execute(
            "create table if not exists public.bare (id bigint generated always as identity, data text)");
    double[] millis = new double[TOKENS];
    try (Connection connection = gateway.database().connect();
        PreparedStatement insert =
            connection.prepareStatement("insert into public.bare (data) values (?)")) {
      for (int i = -TOKENS; i < TOKENS; i++) {
        insert.setString(1, "x".repeat(200));
        long start = System.nanoTime();
        insert.executeUpdate();
        if (i >= 0) {
          millis[i] = (System.nanoTime() - start) / 1e6;
        }
      }
    }
    return millis;
  }

  @Test
  void anIdleJoinedConnectionsHeap() throws IOException, InterruptedException {
    try (Gateway gateway = Gateway.start("bench-idle", Map.of())) {
      List<WireClient> clients = new ArrayList<>();
      for (int i = 0; i < 50; i++) { // classes and pools are loaded by these
        clients.add(joined(gateway));
      }
      long before = heapAfterCollection(gateway.server());
      for (int i = 0; i < IDLE; i++) {
        clients.add(joined(gateway));
      }
      long after = heapAfterCollection(gateway.server());
      LOG.infof(
          "BENCH heap of an idle joined connection, each with a session of its own, kB: %.1f",
          (after - before) / (double) IDLE);
      clients.forEach(WireClient::close);
    }
  }

  private static WireClient joined(Gateway gateway) {
    WireClient client = gateway.connect("alice");
    client.create();
    client.await("replay_complete");
    return client;
  }

  private static long heapAfterCollection(WildFlyServer server)
      throws IOException, InterruptedException {
    jcmd(server, "GC.run");
    jcmd(server, "GC.run");
    Matcher used = HEAP_USED.matcher(jcmd(server, "GC.heap_info"));
    assertTrue(used.find());
    return Long.parseLong(used.group(1));
  }

  private static String jcmd(WildFlyServer server, String command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/jcmd",
                String.valueOf(server.process().pid()),
                command)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
