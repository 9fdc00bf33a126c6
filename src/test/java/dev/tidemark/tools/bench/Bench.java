package dev.tidemark.tools.bench;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.container.TidemarkArchive;
import dev.tidemark.tools.bench.bare.BareEndpoint;
import dev.tidemark.tools.bench.inside.BenchServlet;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.WildFlyServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.jboss.logging.Logger;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The environment of the cases: a real server, a durable database and a load generator. */
final class Bench implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Bench.class);
  private static final String DATABASE = "tidemark";

  private final HttpClient http = HttpClient.newHttpClient();
  private final DevelopmentDatabase cluster;
  private final Log log;
  private final WildFlyServer server;
  private final Load load;

  private Bench(DevelopmentDatabase cluster, WildFlyServer server, Load load) {
    this.cluster = cluster;
    this.log = new Log(cluster.superuser(DATABASE));
    this.server = server;
    this.load = load;
  }

  static Bench start() {
    DevelopmentDatabase cluster = DevelopmentDatabase.startFresh("bench-database");
    cluster.createDatabase(DATABASE);
    Path war = Directories.forTest("bench.war");
    TidemarkArchive.with()
        .addPackage(BenchServlet.class.getPackage())
        .as(ZipExporter.class)
        .exportTo(war.toFile(), true);
    Path bare = Directories.forTest("bare.war");
    ShrinkWrap.create(WebArchive.class)
        .addPackage(BareEndpoint.class.getPackage())
        .as(ZipExporter.class)
        .exportTo(bare.toFile(), true);
    WildFlyServer server =
        WildFlyServer.named("bench")
            .database(cluster.app(DATABASE))
            .developmentAccounts()
            .war(war)
            .besideIt(bare)
            .javaOption("-Xms1g")
            .javaOption("-Xmx1g")
            // One principal stands for all; production keeps these low.
            .systemProperty("tidemark.access.connections-per-principal", "1000000")
            .systemProperty("tidemark.access.joins-per-minute", "10000000")
            .systemProperty("tidemark.access.messages-per-minute", "10000000")
            .systemProperty("tidemark.access.connections-per-address", "1000000")
            .systemProperty("tidemark.turn.places-per-principal", "10000")
            .systemProperty("tidemark.turn.places-per-tenant", "10000")
            .systemProperty("tidemark.turn.queued-per-principal", "1000000")
            .systemProperty("tidemark.access.join-within-millis", "3600000")
            // The cases start the purge themselves.
            .systemProperty("tidemark.retention.purge-every-millis", "86400000")
            .startReady();
    return new Bench(cluster, server, Load.start());
  }

  /** Logs the progress of long work. */
  void say(String format, Object... values) {
    LOG.infof(format, values);
  }

  Load load() {
    return load;
  }

  Log log() {
    return log;
  }

  WildFlyServer server() {
    return server;
  }

  URI gateway() {
    return server.socketUri("/ws");
  }

  URI bare() {
    return URI.create("ws://127.0.0.1:" + server.httpPort() + "/bare/push");
  }

  /** Runs a command within the server, without any client. */
  JsonObject inside(JsonObjectBuilder command) throws IOException, InterruptedException {
    String body = command.build().toString();
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(server.uri("/api/bench"))
                .header("Authorization", WireClient.authorization("alice"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          body + " was answered " + response.statusCode() + response.body());
    }
    try (JsonReader reader = Json.createReader(new StringReader(response.body()))) {
      return reader.readObject();
    }
  }

  /** As {@link #inside}, for other threads: its exceptions are unchecked. */
  JsonObject insideUnchecked(JsonObjectBuilder command) {
    try {
      return inside(command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Begins a command for {@link #inside}, with its name and sessions. */
  static JsonObjectBuilder command(String name, Log.Sessions sessions) {
    return Json.createObjectBuilder()
        .add("command", name)
        .add("first_key", sessions.firstKey())
        .add("sessions", sessions.count());
  }

  @Override
  public void close() {
    load.close();
    server.close();
    cluster.close();
  }
}
