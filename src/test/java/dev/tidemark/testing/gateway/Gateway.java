package dev.tidemark.testing.gateway;

import dev.tidemark.testing.client.RawSocket;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.container.TidemarkArchive;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.WildFlyServer;
import dev.tidemark.tools.run.WildFlyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;

/**
 * A gateway with a database of its own: a real WildFly, a real PostgreSQL. Most tests share one,
 * with sessions of their own in it; a test that needs other settings or a crash starts another.
 */
public final class Gateway implements AutoCloseable {
  /** Settings of all gateways in tests: leases and polls short enough to wait for. */
  private static final Map<String, String> BRISK =
      Map.of(
          "tidemark.turn.lease-millis",
          "3000",
          "tidemark.turn.sweep-millis",
          "300",
          "tidemark.delivery.poll-millis",
          "1000");

  /** Of nodes that share a database: one that pauses for some seconds loses no turn. */
  private static final Map<String, String> UNHURRIED =
      Map.of("tidemark.turn.lease-millis", "15000");

  private static final String TEMPLATE = "tidemark";

  /** A server of a test ends before the second compiler would pay off. */
  public static final String QUICK_START = "-XX:TieredStopAtLevel=1";

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static DevelopmentDatabase sharedCluster;
  private static Gateway shared;
  private static Gateway neighbour;

  private final String name;
  private final DevelopmentDatabase cluster;
  private final boolean ownsCluster;
  private final TestDatabase database;
  private final WildFlyServer server;

  private Gateway(
      String name,
      DevelopmentDatabase cluster,
      boolean ownsCluster,
      TestDatabase database,
      WildFlyServer server) {
    this.name = name;
    this.cluster = cluster;
    this.ownsCluster = ownsCluster;
    this.database = database;
    this.server = server;
  }

  /** The gateway that tests share; it runs until the JVM ends. */
  public static synchronized Gateway shared() {
    if (shared == null) {
      Map<String, String> settings = new HashMap<>(UNHURRIED);
      settings.put("tidemark.retention.owner-raises-floor", "true");
      settings.put("tidemark.access.login-lease-millis", "9000"); // renewals are waited for
      shared = start("shared", settings);
      Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
    }
    return shared;
  }

  /** A second node on the database of {@link #shared}; it too runs until the JVM ends. */
  public static synchronized Gateway neighbour() {
    if (neighbour == null) {
      neighbour = shared().startNode("neighbour", UNHURRIED);
      Runtime.getRuntime().addShutdownHook(new Thread(neighbour::close));
    }
    return neighbour;
  }

  /** Starts a gateway with a new database in the cluster that tests share. */
  public static Gateway start(String name, Map<String, String> settings) {
    return start(name, settings, UnaryOperator.identity());
  }

  /**
   * As the other {@code start}, with changes to the server.
   *
   * @param more changes to the node's server
   */
  public static Gateway start(
      String name, Map<String, String> settings, UnaryOperator<WildFlyServerBuilder> more) {
    DevelopmentDatabase cluster = sharedCluster();
    String databaseName = freshDatabase(cluster);
    return new Gateway(
        name,
        cluster,
        false,
        new TestDatabase(cluster, databaseName),
        more.apply(node(name, cluster, databaseName, settings)).startReady());
  }

  /** As {@link #start}, with more agents in the application. */
  public static Gateway startWithAgents(
      String name, Map<String, String> settings, Class<?>... agents) {
    DevelopmentDatabase cluster = sharedCluster();
    String databaseName = freshDatabase(cluster);
    Path war = Directories.forTest(name + ".war");
    TidemarkArchive.with(agents).as(ZipExporter.class).exportTo(war.toFile(), true);
    return new Gateway(
        name,
        cluster,
        false,
        new TestDatabase(cluster, databaseName),
        node(name, cluster, databaseName, settings).war(war).startReady());
  }

  /** Starts a gateway with a PostgreSQL that a test may stop without harm to others. */
  public static Gateway startWithOwnCluster(String name, Map<String, String> settings) {
    DevelopmentDatabase cluster = DevelopmentDatabase.startFresh(name + "-database");
    cluster.createDatabase("tidemark");
    return new Gateway(
        name,
        cluster,
        true,
        new TestDatabase(cluster, "tidemark"),
        node(name, cluster, "tidemark", settings).startReady());
  }

  /**
   * Starts a node on a PostgreSQL that the test starts, stops and replaces; its database is {@code
   * tidemark}.
   *
   * @param more changes to the node's server
   */
  public static Gateway startOn(
      DevelopmentDatabase cluster, String name, UnaryOperator<WildFlyServerBuilder> more) {
    return new Gateway(
        name,
        cluster,
        false,
        new TestDatabase(cluster, "tidemark"),
        more.apply(node(name, cluster, "tidemark", Map.of())).startReady());
  }

  /** Starts another node on this gateway's database; closing it leaves the database alone. */
  public Gateway startNode(String nodeName, Map<String, String> settings) {
    return startNode(nodeName, settings, UnaryOperator.identity());
  }

  /**
   * As the other {@code startNode}, with changes to the server.
   *
   * @param more changes to the node's server
   */
  public Gateway startNode(
      String nodeName, Map<String, String> settings, UnaryOperator<WildFlyServerBuilder> more) {
    return new Gateway(
        nodeName,
        cluster,
        false,
        database,
        more.apply(node(nodeName, cluster, database.name(), settings)).startReady());
  }

  private static synchronized DevelopmentDatabase sharedCluster() {
    if (sharedCluster == null) {
      sharedCluster = DevelopmentDatabase.startFresh("shared-database");
      sharedCluster.createDatabase(TEMPLATE);
      Runtime.getRuntime().addShutdownHook(new Thread(sharedCluster::close));
    }
    return sharedCluster;
  }

  /** Copies a database with the whole schema, so that the migrations run once for all gateways. */
  private static String freshDatabase(DevelopmentDatabase cluster) {
    String name = TEMPLATE + "_" + DATABASES.incrementAndGet();
    new TestDatabase(cluster, "postgres")
        .execute("create database " + name + " template " + TEMPLATE);
    return name;
  }

  private static WildFlyServerBuilder node(
      String name, DevelopmentDatabase cluster, String databaseName, Map<String, String> settings) {
    WildFlyServerBuilder node =
        WildFlyServer.named(name).database(cluster.app(databaseName)).developmentAccounts();
    node.systemProperty("tidemark.node.name", name);
    node.javaOption(QUICK_START);
    BRISK.forEach(node::systemProperty);
    settings.forEach(node::systemProperty);
    return node;
  }

  public WildFlyServer server() {
    return server;
  }

  public DevelopmentDatabase cluster() {
    return cluster;
  }

  public TestDatabase database() {
    return database;
  }

  /** The lines that the server has logged so far. */
  public List<String> logged() {
    try {
      return Files.readAllLines(server.logFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Connects a client as one of the development accounts. */
  public WireClient connect(String account) {
    return WireClient.connect(server.socketUri("/ws"), account);
  }

  /** Connects a client that brings a token of an identity provider. */
  public WireClient connectWithToken(String token) {
    return WireClient.connect(
        server.socketUri("/ws"), handshake -> handshake.header("Authorization", "Bearer " + token));
  }

  /** Connects a peer that reads only when it is told to. */
  public RawSocket connectRaw(String account) throws IOException {
    return RawSocket.connect(server.socketUri("/ws"), account);
  }

  /** Waits until a metric without labels has this value. */
  public void awaitMetric(String name, double value) {
    Awaitility.await(name)
        .atMost(WireClient.PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> metric(name), now -> now == value);
  }

  /** A metric without labels, by its name at {@code /metrics}; 0 if it is not there. */
  public double metric(String name) {
    HttpRequest request = HttpRequest.newBuilder(server.managementUri("/metrics")).build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
    if (ownsCluster) {
      cluster.close();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
