package dev.tidemark.system;

import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.Ports;
import dev.tidemark.tools.run.WildFlyServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.awaitility.core.TerminalFailureException;
import org.junit.jupiter.api.Assumptions;

/**
 * This machine's nginx, HAProxy or Apache httpd with the file of {@code docs/proxy/}, in front of
 * two nodes. Only addresses and paths of that file are changed, and what a test says.
 */
final class ReverseProxy implements AutoCloseable {

  /** The programs, by their file of {@code docs/proxy/} and their package of Debian. */
  enum Kind {
    NGINX("nginx", "nginx.conf", "nginx"),
    HAPROXY("haproxy", "haproxy.cfg", "haproxy"),
    HTTPD("apache2", "httpd.conf", "apache2-bin");

    final String program;
    final String file;
    private final String debian;

    Kind(String program, String file, String debian) {
      this.program = program;
      this.file = file;
      this.debian = debian;
    }
  }

  private static final int ATTEMPTS = 3;

  private final Kind kind;
  private final Path directory;
  private final int port = Ports.free();
  private final int plainPort = Ports.free();
  private final SSLContext trust;
  private final Process process;

  private ReverseProxy(
      Kind kind, WildFlyServer first, WildFlyServer second, Map<String, String> more)
      throws Exception {
    this.kind = kind;
    directory = Directories.forTest("proxy-" + kind.program);
    Directories.delete(directory);
    Files.createDirectories(directory);
    trust = ProxyCertificate.makeIn(directory).trust();
    List<String> arguments =
        new ProxyFile(directory, plainPort, port, first, second).write(kind, more);
    process =
        new ProcessBuilder(Stream.concat(Stream.of(program(kind)), arguments.stream()).toList())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output.log").toFile())
            .start();
  }

  /**
   * Starts it and waits until it takes connections. Where there is no such program, the test is
   * skipped with the reason, or fails with {@code -Dproxy.required=true}. Another process may take
   * a port before the proxy does: then it is started once more, with other ports.
   */
  static ReverseProxy start(Kind kind, WildFlyServer first, WildFlyServer second) throws Exception {
    return start(kind, first, second, Map.of());
  }

  /**
   * As the other {@code start}, with changes to the file.
   *
   * @param changes what is in the file, and what is to be there instead
   */
  static ReverseProxy start(
      Kind kind, WildFlyServer first, WildFlyServer second, Map<String, String> changes)
      throws Exception {
    for (int attempt = 1; ; attempt++) {
      ReverseProxy proxy = new ReverseProxy(kind, first, second, changes);
      try {
        Awaitility.await(kind.program)
            .atMost(Duration.ofSeconds(30))
            .failFast(kind.program + " ended: see output.log", () -> !proxy.process.isAlive())
            .until(proxy::isListening);
        return proxy;
      } catch (TerminalFailureException e) {
        if (attempt == ATTEMPTS || !proxy.output().contains("ddress already in use")) {
          throw e;
        }
      }
    }
  }

  static void skipUnlessInstalled(Kind kind) {
    if (program(kind) == null) {
      String reason = "no " + kind.program + ": install the package " + kind.debian;
      if (Boolean.getBoolean("proxy.required")) {
        throw new AssertionError(reason);
      }
      Assumptions.abort(reason);
    }
  }

  /** Those that this machine has; the test is skipped, or fails, as with one of them. */
  static List<Kind> installed() {
    List<Kind> found = Arrays.stream(Kind.values()).filter(kind -> program(kind) != null).toList();
    if (found.isEmpty() || Boolean.getBoolean("proxy.required")) {
      Arrays.stream(Kind.values()).forEach(ReverseProxy::skipUnlessInstalled);
    }
    return found;
  }

  private static String program(Kind kind) {
    for (String directory : List.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin")) {
      if (Files.isExecutable(Path.of(directory, kind.program))) {
        return directory + "/" + kind.program;
      }
    }
    return null;
  }

  URI uri(String path) {
    return URI.create("https://127.0.0.1:" + port + path);
  }

  URI socketUri() {
    return URI.create("wss://127.0.0.1:" + port + "/tidemark/ws");
  }

  URI plainUri(String path) {
    return URI.create("http://127.0.0.1:" + plainPort + path);
  }

  /** The origin of the pages behind it. */
  String origin() {
    return "https://127.0.0.1:" + port;
  }

  SSLContext trust() {
    return trust;
  }

  /** All that it wrote. */
  String output() {
    StringBuilder output = new StringBuilder();
    for (String file : List.of("output.log", "tidemark.log", "tidemark-error.log")) {
      try {
        Path path = directory.resolve(file);
        output.append(Files.exists(path) ? Files.readString(path) : "");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return output.toString();
  }

  /** Whether a request that a node answers with 503 goes to the other one. */
  boolean asksAnotherNode() {
    return kind != Kind.HTTPD;
  }

  /** Waits until it knows that it must not ask a node that drains, if it has a check for that. */
  void awaitTakenOut(String node) {
    if (kind == Kind.HAPROXY) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> output().contains("Server tidemark-nodes/" + node + " is DOWN"));
    }
  }

  /** Whether there is a proxy with this certificate, and not another process, at the port. */
  private boolean isListening() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket tls =
            (SSLSocket) trust.getSocketFactory().createSocket(socket, "127.0.0.1", port, true)) {
      tls.setSoTimeout(5000);
      tls.startHandshake();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.onExit().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
    }
  }
}
