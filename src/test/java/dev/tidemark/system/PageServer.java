package dev.tidemark.system;

import dev.tidemark.testing.container.GateWar;
import dev.tidemark.tools.run.DatabaseLogin;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A stock server that is installed and started by the commands of {@code docs/operations.md}, as an
 * operator would copy them; only addresses are changed, and ports are added.
 */
final class PageServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final StockServer stock;
  private final String address = isOurs("127.0.0.2") ? "127.0.0.2" : "127.0.0.1";
  private final int port = Ports.free();
  private final int managementPort = Ports.free();
  private final Process process;

  private PageServer(StockServer stock, DatabaseLogin login) throws IOException {
    this.stock = stock;
    String start =
        OperationsPage.blockWith("bin/standalone.sh -b")
            .lines()
            .filter(line -> line.contains("bin/standalone.sh -b"))
            .findFirst()
            .orElseThrow()
            .replace("10.0.0.11", address);
    String ports =
        " -Djboss.http.port=%d -Djboss.management.http.port=%d -Djboss.https.port=%d"
            .formatted(port, managementPort, Ports.free());
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-eu", "-c", "exec " + start + ports)
            .redirectErrorStream(true)
            .redirectOutput(stock.home().resolve("console.log").toFile());
    builder.environment().put("WILDFLY_HOME", stock.home().toString());
    builder.environment().put("LAUNCH_JBOSS_IN_BACKGROUND", "true");
    builder.environment().put("TIDEMARK_DB_URL", login.url());
    builder.environment().put("TIDEMARK_DB_USER", login.user());
    builder.environment().put("TIDEMARK_DB_PASSWORD", login.password());
    process = builder.start();
  }

  /** Starts it and waits until it is ready; beside the application it has the {@link GateWar}. */
  static PageServer start(StockServer stock, DatabaseLogin login) throws Exception {
    stock.install().succeeded();
    Files.copy(Directories.war(), stock.deployments().resolve("tidemark.war"));
    GateWar.writeTo(stock.deployments().resolve("gate.war"));
    PageServer server = new PageServer(stock, login);
    boolean ready = false;
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .failFast("it ended: see console.log", () -> !server.process.isAlive())
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> get(server.management("/health/ready"), "").statusCode() == 200);
      ready = true;
    } finally {
      if (!ready) {
        server.close();
      }
    }
    return server;
  }

  StockServer stock() {
    return stock;
  }

  /**
   * Where the page's -b and -bmanagement led; another address than 127.0.0.1 where there is one.
   */
  String address() {
    return address;
  }

  URI uri(String path) {
    return URI.create("http://" + address + ":" + port + path);
  }

  URI management(String path) {
    return URI.create("http://" + address + ":" + managementPort + path);
  }

  /** Asks with Basic credentials, a name and a password with a colon between. */
  static HttpResponse<String> get(URI uri, String credentials)
      throws IOException, InterruptedException {
    String encoded =
        Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Basic " + encoded)
            .build();
    return HTTP.send(request, BodyHandlers.ofString());
  }

  private static boolean isOurs(String address) {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** All that it wrote. */
  String output() throws IOException {
    return Files.readString(stock.home().resolve("console.log"));
  }

  /** Stops it as systemd does with docs/tidemark.service: by a signal to standalone.sh alone. */
  @Override
  public void close() {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    process.destroy();
    try {
      for (ProcessHandle one : all) {
        one.onExit().orTimeout(90, TimeUnit.SECONDS).join();
      }
    } finally {
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
