package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.system.ReverseProxy.Kind;
import dev.tidemark.testing.client.ResumingClient.Connector;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.InstalledPostgres;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.EarlierVersion;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.WildFlyServer;
import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An operator, by the pages only: two servers as their makers deliver them behind nginx with TLS,
 * from the first installation, with the version before, through a crash and an upgrade to the last
 * uninstallation. Meanwhile a crowd talks through the proxy, and nobody misses anything.
 */
final class OperatorIT {
  private static final Path DB = Path.of("db").toAbsolutePath();
  private static final long SEED = 11;
  private static final int SESSIONS = 3;

  /** Roles by name; the password is the name. */
  private static final Map<String, String> ACCOUNTS =
      Map.of("alice", "user", "admin", "admin,operator");

  /** By which the server itself believes what a proxy says, as the version before needed it. */
  private static final String FORWARDING =
      "/subsystem=undertow/server=default-server/%s-listener=%s:write-attribute(name=proxy-address-forwarding, value=true)";

  private static final String TRUST = "/system-property=tidemark.access.trusted-proxies:";

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final List<Node> nodes = new ArrayList<>();
  private InstalledPostgres postgres;
  private EarlierVersion before;
  private DevelopmentDatabase cluster;
  private TestDatabase database;
  private ReverseProxy proxy;
  private HttpClient http;

  /** One machine of the operator: its server, and the configuration before Tidemark came. */
  private record Node(StockServer stock, String configuration, WildFlyServer server) {}

  @AfterEach
  void stop() throws Exception {
    if (proxy != null) {
      proxy.close();
    }
    nodes.forEach(node -> node.server().kill());
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void twoStockServersFromTheFirstInstallationThroughAnUpgradeToTheLast() throws Exception {
    ReverseProxy.skipUnlessInstalled(Kind.NGINX);
    postgres = InstalledPostgres.orSkip();
    prepareTheDatabase();
    nodes.addAll(
        TwoAtATime.run(List.of(() -> installTwice("node-1"), () -> installTwice("node-2"))));
    for (Node node : nodes) {
      node.server().start().awaitReady();
    }
    proxy = ReverseProxy.start(Kind.NGINX, nodes.get(0).server(), nodes.get(1).server());
    http =
        HttpClient.newBuilder()
            .sslContext(proxy.trust())
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    signInAsAPerson();

    Connector connector = uri -> WireClient.connect(http, uri, OperatorIT::asAlice);
    try (Crowd crowd = new Crowd(new Random(SEED), SESSIONS, connector, proxy.socketUri())) {
      crowd.talkUntilAcknowledged(10);
      killInTheMiddleOfATurn(crowd);
      postgres.install(DB, cluster.superuser("tidemark"));
      crowd.talkUntilAcknowledged(10); // the version before, the new schema
      for (Node node : nodes) {
        upgrade(node, crowd);
      }
      crowd.talkUntilAcknowledged(10);
      crowd.listenUntilQuiet(database);
      crowd.requireTheLog(database);
    }
    TwoAtATime.run(List.of(() -> uninstall(nodes.get(0)), () -> uninstall(nodes.get(1))));
  }

  /** With the schema of the version before. */
  private void prepareTheDatabase() throws Exception {
    cluster = postgres.startFresh("operator-database");
    cluster.createDatabase("newest", login -> postgres.install(DB, login));
    int newest =
        new TestDatabase(cluster, "newest")
            .value(Integer.class, "select max(version) from tidemark.schema_version");
    before = EarlierVersion.orSkipBelow(newest);
    cluster.createDatabase("tidemark", login -> postgres.install(before.db(), login));
    database = new TestDatabase(cluster, "tidemark");
  }

  private Node installTwice(String name) throws Exception {
    StockServer stock = StockServer.named("operator-" + name + "-home");
    StockServer.cli(
        stock.home(),
        stock.home().resolve("standalone"),
        List.of(FORWARDING.formatted("http", "default"), FORWARDING.formatted("https", "https")));
    Path configuration = stock.configuration("standalone");
    String before = Files.readString(configuration);
    stock.install().succeeded();
    String installed = Files.readString(configuration);
    stock.install().succeeded();
    assertEquals(installed, Files.readString(configuration));
    for (Map.Entry<String, String> account : ACCOUNTS.entrySet()) {
      stock.addAccount(account.getKey(), account.getValue(), account.getKey());
    }
    WildFlyServer server =
        WildFlyServer.named("operator-" + name)
            .home(stock.home())
            .nodeName(name)
            .database(cluster.app("tidemark"))
            .war(this.before.war())
            .javaOption(Gateway.QUICK_START)
            .systemProperty("tidemark.drain.spread-millis", "2000")
            .systemProperty("tidemark.turn.lease-millis", "4000")
            .systemProperty("tidemark.turn.sweep-millis", "500")
            .build();
    return new Node(stock, before, server);
  }

  private static WebSocket.Builder asAlice(WebSocket.Builder handshake) {
    return handshake.header("Authorization", WireClient.authorization("alice"));
  }

  private void signInAsAPerson() throws Exception {
    HttpRequest page = HttpRequest.newBuilder(proxy.uri("/tidemark/")).build();
    String form = http.send(page, BodyHandlers.ofString()).body();
    assertTrue(form.contains("j_security_check"), form);
    HttpRequest login =
        HttpRequest.newBuilder(proxy.uri("/tidemark/j_security_check"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Origin", proxy.origin())
            .POST(BodyPublishers.ofString("j_username=alice&j_password=alice"))
            .build();
    HttpResponse<String> answer = http.send(login, BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
    assertFalse(answer.body().contains("j_security_check"), "signed in");
  }

  /** The client comes back through the proxy, to the other node, and the message is answered. */
  private void killInTheMiddleOfATurn(Crowd crowd) {
    Node killed = nodes.get(0);
    String sessionId;
    long seen;
    // A socket to the node itself, so that its turn runs there.
    try (WireClient speaker =
        WireClient.connect(killed.server().socketUri("/ws"), OperatorIT::asAlice)) {
      sessionId = speaker.create().string("session_id");
      speaker.say("word ".repeat(20), "m-killed", 500);
      seen = speaker.awaitEvent("token_stream").number("seq");
      killed.server().kill();
      speaker.awaitClose();
    }
    try (WireClient back = WireClient.connect(http, proxy.socketUri(), OperatorIT::asAlice)) {
      back.join(sessionId, seen);
      back.awaitEvent("turn_interrupted");
      crowd.talkUntil(
          "the answer of the other node",
          () -> back.events().stream().anyMatch(frame -> frame.event().is("response")));
    }
    killed.server().start().awaitReady();
  }

  private void upgrade(Node node, Crowd crowd) throws Exception {
    HttpRequest drain =
        HttpRequest.newBuilder(node.server().uri("/api/node/drain"))
            .header("Authorization", WireClient.authorization("admin"))
            .POST(BodyPublishers.noBody())
            .build();
    assertEquals(202, http.send(drain, BodyHandlers.discarding()).statusCode());
    crowd.talkUntil(
        "no client at the drained node",
        () -> Readiness.metric(node.server(), "tidemark_connections") == 0);
    node.server().stop();
    node.stock()
        .run(
            "install.sh",
            "--driver",
            StockServer.driver(),
            "--base",
            node.server().baseDirectory().toString())
        .succeeded();
    Files.copy(
        Directories.war(),
        node.server().baseDirectory().resolve("deployments/tidemark.war"),
        StandardCopyOption.REPLACE_EXISTING);
    StockServer.cli(
        node.stock().home(),
        node.server().baseDirectory(),
        List.of(TRUST + "add(value=127.0.0.1)"));
    node.server().start().awaitReady();
    HttpRequest look =
        HttpRequest.newBuilder(node.server().uri("/api/node"))
            .header("Authorization", WireClient.authorization("admin"))
            .build();
    String said = http.send(look, BodyHandlers.ofString()).body();
    int schema = database.value(Integer.class, "select max(version) from tidemark.schema_version");
    assertTrue(said.contains("\"schema_needed\":" + schema), said);
  }

  private static Node uninstall(Node node) throws Exception {
    Path base = node.server().baseDirectory();
    node.server().stop();
    StockServer.cli(node.stock().home(), base, List.of(TRUST + "remove"));
    Awaitility.await().atMost(PATIENCE).until(() -> !node.server().isRunning());
    Files.delete(base.resolve("deployments/tidemark.war"));
    for (int time = 1; time <= 2; time++) {
      node.stock().run("uninstall.sh", "--base", base.toString()).succeeded();
    }
    assertEquals(
        node.configuration(), Files.readString(base.resolve("configuration/standalone.xml")));
    return node;
  }
}
