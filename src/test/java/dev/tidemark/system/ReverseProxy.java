package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.awaitility.core.TerminalFailureException;
import org.junit.jupiter.api.Assumptions;

/**
 * This machine's nginx or HAProxy with the file of {@code docs/proxy/}, in front of two nodes. Only
 * addresses and paths of that file are changed.
 */
final class ReverseProxy implements AutoCloseable {

  /** The two programs, by their file of {@code docs/proxy/}. */
  enum Kind {
    NGINX("nginx", "nginx.conf"),
    HAPROXY("haproxy", "haproxy.cfg");

    private final String program;
    private final String file;

    Kind(String program, String file) {
      this.program = program;
      this.file = file;
    }
  }

  private static final int ATTEMPTS = 3;

  private final Kind kind;
  private final Path directory;
  private final int port = Ports.free();
  private final int plainPort = Ports.free();
  private final SSLContext trust;
  private final Process process;

  private ReverseProxy(Kind kind, WildFlyServer first, WildFlyServer second) throws Exception {
    this.kind = kind;
    directory = Directories.forTest("proxy-" + kind.program);
    Directories.delete(directory);
    Files.createDirectories(directory);
    trust = ProxyCertificate.makeIn(directory).trust();
    String text = Files.readString(Path.of("docs/proxy", kind.file));
    Map<String, String> changes =
        kind == Kind.NGINX ? nginx(first, second) : haproxy(first, second);
    for (Map.Entry<String, String> change : changes.entrySet()) {
      assertTrue(text.contains(change.getKey()), kind.file + " has no " + change.getKey());
      text = text.replace(change.getKey(), change.getValue());
    }
    Path file = Files.writeString(directory.resolve(kind.file), text);
    List<String> command =
        kind == Kind.NGINX
            ? List.of(program(kind), "-p", directory.toString(), "-c", nginxMain(file).toString())
            : List.of(program(kind), "-db", "-f", file.toString());
    process =
        new ProcessBuilder(command)
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
    for (int attempt = 1; ; attempt++) {
      ReverseProxy proxy = new ReverseProxy(kind, first, second);
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
      String reason = "no " + kind.program + ": install the package " + kind.program;
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

  private Map<String, String> nginx(WildFlyServer first, WildFlyServer second) {
    Map<String, String> changes = new LinkedHashMap<>();
    changes.put("10.0.0.11:8080", "127.0.0.1:" + first.httpPort());
    changes.put("10.0.0.12:8080", "127.0.0.1:" + second.httpPort());
    changes.put("listen 80;", "listen 127.0.0.1:" + plainPort + ";");
    changes.put("listen 443 ssl", "listen 127.0.0.1:" + port + " ssl");
    changes.put("/etc/ssl/tidemark/", directory + "/");
    changes.put("/var/log/nginx/", directory + "/");
    return changes;
  }

  private Map<String, String> haproxy(WildFlyServer first, WildFlyServer second) {
    Map<String, String> changes = new LinkedHashMap<>();
    changes.put(
        "10.0.0.11:8080", "127.0.0.1:" + first.httpPort() + " port " + first.managementPort());
    changes.put(
        "10.0.0.12:8080", "127.0.0.1:" + second.httpPort() + " port " + second.managementPort());
    changes.put("bind :80", "bind 127.0.0.1:" + plainPort);
    changes.put("bind :443", "bind 127.0.0.1:" + port);
    changes.put("/etc/ssl/tidemark/", directory + "/");
    changes.put("log /dev/log local0", "log stdout format raw local0");
    return changes;
  }

  /** What Debian's own nginx.conf does around a file of conf.d/, in this directory. */
  private Path nginxMain(Path file) throws IOException {
    return Files.writeString(
        directory.resolve("main.conf"),
        """
        daemon off;
        pid nginx.pid;
        error_log stderr;
        events {}
        http {
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          include %s;
        }
        """
            .formatted(file));
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
