package dev.tidemark.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.RawRequest;
import dev.tidemark.testing.container.GateWar;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.WildFlyServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The application on a stock server that the scripts of {@code server-config/} have prepared. */
final class StockApplicationIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static DevelopmentDatabase database;
  private static TwoAtATime background;
  private static Future<PageServer> page;

  /** The server of the page starts beside the first of the others. */
  @BeforeAll
  static void start() throws Exception {
    database = DevelopmentDatabase.startFresh("stock-database");
    database.createDatabase("tidemark");
    background = new TwoAtATime();
    StockServer stock = StockServer.named("page-server");
    page = background.start(() -> PageServer.start(stock, database.app("tidemark")));
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      page.get().close();
      assertTrue(page.get().output().contains("WFLYSRV0050"), "it has stopped in order");
    } finally {
      background.close();
      database.close();
    }
  }

  /** One without EJB and one with everything; both with a cluster. */
  @ParameterizedTest
  @ValueSource(strings = {"standalone-full-ha", "standalone-microprofile-ha"})
  void theApplicationBecomesReadyAndNobodyGetsIn(String configuration) throws Exception {
    StockServer stock = StockServer.named("stock-server");
    stock.install("--config", configuration + ".xml").succeeded();
    WildFlyServer server =
        WildFlyServer.named("stock")
            .home(stock.home())
            .systemProperty("jboss.server.default.config", configuration + ".xml")
            .javaOption(Gateway.QUICK_START)
            .database(database.app("tidemark"))
            .build();
    GateWar.writeTo(server.baseDirectory().resolve("deployments").resolve("gate.war"));
    try (server) {
      server.start().awaitReady();
      assertNobodyGetsIn(server.uri("/"), server.managementUri("/metrics"));
    }
  }

  @Test
  void theApplicationBecomesReadyAsThePageSays() throws Exception {
    PageServer server = page.get();
    assertNobodyGetsIn(server.uri("/tidemark/"), server.management("/metrics"));
  }

  private static void assertNobodyGetsIn(URI application, URI metricsUri) throws Exception {
    URI gate = application.resolve("/gate/");
    assertEquals(GateWar.FORM, PageServer.get(gate, "alice:alice").body());
    String metrics = PageServer.get(metricsUri, "").body();
    assertTrue(metrics.contains("tidemark_connections"), metrics);
    assertTrue(metrics.contains("undertow_"), "the server's own: " + metrics);
    String cookie = PageServer.get(application, "").headers().firstValue("Set-Cookie").orElse("");
    for (String attribute : List.of("secure", "httponly", "samesite=lax")) {
      assertTrue(cookie.toLowerCase(Locale.ROOT).contains(attribute), cookie);
    }
  }

  /** -b, -bmanagement and the node's name, which nginx needs to keep a browser at its node. */
  @Test
  void itAnswersAtTheAddressesOfThePageAndOnNoOther() throws Exception {
    PageServer server = page.get();
    String cookie =
        PageServer.get(server.uri("/tidemark/"), "").headers().firstValue("Set-Cookie").orElse("");
    assertTrue(cookie.split(";", -1)[0].endsWith(".node-1"), cookie);
    Assumptions.assumeFalse(
        server.address().equals("127.0.0.1"), "this machine has no other loopback address");
    for (URI uri : List.of(server.uri("/tidemark/api/me"), server.management("/health/ready"))) {
      PageServer.get(uri, "");
      URI elsewhere = URI.create(uri.toString().replace(server.address(), "127.0.0.1"));
      assertThrows(ConnectException.class, () -> PageServer.get(elsewhere, ""), elsewhere + "");
    }
  }

  /** The server notices while it runs. Guesses from one address keep nobody else out. */
  @Test
  void anAccountThatAScriptAddsSignsInAlsoWhileAStrangerGuesses() throws Exception {
    PageServer server = page.get();
    URI me = server.uri("/tidemark/api/me");
    server.stock().addAccount("carol", "user", "s3cret Word");
    Awaitility.await().atMost(PATIENCE).until(() -> status(me, "carol:s3cret Word") == 200);
    assertEquals(403, status(server.uri("/tidemark/api/node"), "carol:s3cret Word"));
    server.stock().addAccount("erin", "user", "s3cret Word");
    for (int wrong = 1; wrong <= 10; wrong++) {
      assertEquals(401, status(me, "erin:wrong"));
    }
    assertEquals(429, status(me, "erin:wrong"));
    assertEquals(429, status(me, "erin:s3cret Word"), "from here");
    assertEquals(200, status(me, "carol:s3cret Word"), "another account");
    Assumptions.assumeFalse(
        server.address().equals("127.0.0.1"), "this machine has no other loopback address");
    assertEquals(200, statusFrom(server.address(), me, "erin:s3cret Word"), "from elsewhere");
  }

  @Test
  void anAdministratorThatAScriptAddsSeesTheNode() throws Exception {
    PageServer server = page.get();
    server.stock().addAccount("dora", "admin", "s3cret Word");
    URI node = server.uri("/tidemark/api/node");
    Awaitility.await().atMost(PATIENCE).until(() -> status(node, "dora:s3cret Word") == 200);
  }

  private static int statusFrom(String address, URI uri, String credentials) throws IOException {
    String basic = Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
    try (RawRequest request = RawRequest.connect(uri, address)) {
      return request.head("GET " + uri.getPath(), "Authorization: Basic " + basic).read().status();
    }
  }

  private static int status(URI uri, String credentials) throws IOException, InterruptedException {
    return PageServer.get(uri, credentials).statusCode();
  }
}
