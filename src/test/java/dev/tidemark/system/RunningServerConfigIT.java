package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.system.StockServer.Outcome;
import dev.tidemark.testing.container.GateWar;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.WildFlyServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The application and the scripts of {@code server-config/} on a stock server that runs. */
final class RunningServerConfigIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** One without EJB and one with everything; both with a cluster. */
  @ParameterizedTest
  @ValueSource(strings = {"standalone", "standalone-full-ha", "standalone-microprofile-ha"})
  void theApplicationBecomesReadyAndNobodyGetsIn(String configuration) throws Exception {
    StockServer stock = StockServer.named("stock-server");
    stock.install("--config", configuration + ".xml").succeeded();
    try (DevelopmentDatabase database = DevelopmentDatabase.startFresh("stock-database")) {
      database.createDatabase("tidemark");
      WildFlyServer server =
          WildFlyServer.named("stock")
              .home(stock.home())
              .systemProperty("jboss.server.default.config", configuration + ".xml")
              .database(database.app("tidemark"))
              .build();
      GateWar.writeTo(server.baseDirectory().resolve("deployments").resolve("gate.war"));
      try (server) {
        server.start().awaitReady();
        URI gate = server.uri("/").resolve("/gate/");
        assertEquals(GateWar.FORM, get(gate, "alice:alice").body());
        String metrics = get(server.managementUri("/metrics"), "").body();
        assertTrue(metrics.contains("tidemark_connections"), metrics);
        assertTrue(metrics.contains("undertow_"), "the server's own: " + metrics);
        String cookie = get(server.uri("/"), "").headers().firstValue("Set-Cookie").orElse("");
        for (String attribute : List.of("secure", "httponly", "samesite=lax")) {
          assertTrue(cookie.toLowerCase(Locale.ROOT).contains(attribute), cookie);
        }
      }
    }
  }

  @Test
  void aRunningServerIsInstalledReloadedAndRestored() throws Exception {
    StockServer stock = StockServer.named("running-stock-server");
    try (DevelopmentDatabase database = DevelopmentDatabase.startFresh("running-stock-database")) {
      database.createDatabase("tidemark");
      WildFlyServer server =
          WildFlyServer.named("running-stock")
              .home(stock.home())
              .database(database.app("tidemark"))
              .build();
      Path war = server.baseDirectory().resolve("deployments/tidemark.war");
      Files.delete(war);
      Path file = server.baseDirectory().resolve("configuration/standalone.xml");
      String before = Files.readString(file);
      String base = server.baseDirectory().toString();
      String[] connect = {"--connect", "127.0.0.1:" + server.managementPort()};
      try (server) {
        server.start();
        Awaitility.await().atMost(PATIENCE.multipliedBy(2)).until(() -> isUp(server));

        refused("runs: stop it, or use --connect", stock.install("--base", base));
        assertABrokenDriverIsTakenBack(stock, connect, file);
        stock.install(connect).succeeded();
        String installed = Files.readString(file);
        assertTrue(installed.contains("tidemark-inbound"));
        long reloads = reloads(server);
        Files.copy(Directories.war(), war);
        server.awaitReady();

        stock.install(connect).succeeded();
        assertEquals(installed, Files.readString(file));
        refused("tidemark.war is deployed", stock.run("sso.sh", connect));
        refused("tidemark.war is deployed", stock.run("uninstall.sh", connect));
        assertEquals(installed, Files.readString(file));
        assertEquals(reloads, reloads(server), "nobody was cut off");

        Files.delete(war.resolveSibling("tidemark.war.deployed"));
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> Files.exists(war.resolveSibling("tidemark.war.undeployed")));
        stock.run("uninstall.sh", connect).succeeded();
        assertTrue(reloads(server) > reloads);
        assertEquals(before, Files.readString(file));
        assertFalse(Files.exists(stock.home().resolve("modules/org")));
      }
    }
  }

  /** It looks like a driver, and the server notices only when it has reloaded. */
  private static void assertABrokenDriverIsTakenBack(StockServer stock, String[] connect, Path file)
      throws Exception {
    String before = Files.readString(file);
    Path driver = stock.home().resolve("broken.jar");
    Files.writeString(driver, "PK org/postgresql/Driver.class");
    Outcome outcome =
        StockServer.run(
            List.of(
                "bash",
                "server-config/install.sh",
                "--driver",
                driver.toString(),
                connect[0],
                connect[1],
                stock.home().toString()),
            Map.of());
    refused("the server does not start with the new configuration", outcome);
    assertEquals(before, Files.readString(file));
    assertFalse(Files.exists(stock.home().resolve("modules/org")));
  }

  private static void refused(String reason, Outcome outcome) {
    assertEquals(2, outcome.code(), outcome.toString());
    assertTrue(outcome.err().contains(reason), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
  }

  private static boolean isUp(WildFlyServer server) throws IOException {
    return Files.exists(server.logFile())
        && Files.readString(server.logFile()).contains("WFLYSRV0025");
  }

  private static long reloads(WildFlyServer server) throws IOException {
    try (var lines = Files.lines(server.logFile())) {
      return lines.filter(line -> line.contains("WFLYSRV0025")).count();
    }
  }

  /** By the commands of the page for a script, on the server that runs. */
  @Test
  void anAccountThatAScriptAddsSignsInUntilTenWrongPasswordsLockIt() throws Exception {
    StockServer stock = StockServer.named("accounts-server");
    stock.install().succeeded();
    try (DevelopmentDatabase database = DevelopmentDatabase.startFresh("accounts-database")) {
      database.createDatabase("tidemark");
      WildFlyServer server =
          WildFlyServer.named("accounts")
              .home(stock.home())
              .database(database.app("tidemark"))
              .build();
      Directories.delete(stock.home().resolve("standalone"));
      Files.createSymbolicLink(stock.home().resolve("standalone"), server.baseDirectory());
      try (server) {
        server.start().awaitReady();
        URI me = server.uri("/api/me");
        assertEquals(401, get(me, "carol:s3cret Word").statusCode());
        StockServer.run(
                List.of("bash", "-eu", "-c", OperationsPage.blockWith("digest=")),
                Map.of("WILDFLY_HOME", stock.home().toString(), "CAROL", "s3cret Word"))
            .succeeded();
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> get(me, "carol:s3cret Word").statusCode() == 200);
        for (int wrong = 1; wrong < 10; wrong++) {
          assertEquals(401, get(me, "carol:wrong").statusCode());
        }
        assertEquals(200, get(me, "carol:s3cret Word").statusCode(), "a success ends the count");
        for (int wrong = 1; wrong <= 10; wrong++) {
          assertEquals(401, get(me, "carol:wrong").statusCode());
        }
        assertEquals(401, get(me, "carol:s3cret Word").statusCode(), "locked");
      }
    }
  }

  private static HttpResponse<String> get(URI uri, String credentials)
      throws IOException, InterruptedException {
    String encoded =
        Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Authorization", "Basic " + encoded).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
