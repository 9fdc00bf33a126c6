package dev.tidemark.tools.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.wildfly.core.launcher.Launcher;
import org.wildfly.core.launcher.StandaloneCommandBuilder;

/**
 * A WildFly on this machine: the provisioned server with a base directory of its own, so that many
 * can run at once. It can be stopped or killed, and started again on its own data.
 *
 * <p>Made by {@link #named(String)} or {@link #in(Path)}.
 */
public final class WildFlyServer implements AutoCloseable {

  private static final Duration READY_DEADLINE = Duration.ofMinutes(2);
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(45);

  private final WildFlyServerBuilder settings;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private Process process;

  WildFlyServer(WildFlyServerBuilder settings) {
    this.settings = settings;
  }

  /** A server for a test, in {@code target/it/<name>}, which is emptied. */
  public static WildFlyServerBuilder named(String name) {
    return new WildFlyServerBuilder(Directories.forTest(name)).nodeName(name);
  }

  /** A server in a base directory, which is emptied. */
  public static WildFlyServerBuilder in(Path baseDirectory) {
    return new WildFlyServerBuilder(baseDirectory.toAbsolutePath());
  }

  /** Starts the process and returns at once. */
  public WildFlyServer start() {
    if (isRunning()) {
      throw new IllegalStateException("The server runs already: " + baseDirectory());
    }
    StandaloneCommandBuilder command =
        StandaloneCommandBuilder.of(settings.home())
            .setBaseDirectory(baseDirectory())
            .setJavaOptions(settings.javaOptions())
            .setBindAddressHint(settings.bindAddress())
            .setBindAddressHint("management", "127.0.0.1");
    settings
        .systemProperties()
        .forEach((name, value) -> command.addServerArgument("-D" + name + "=" + value));
    try {
      process =
          Launcher.of(command)
              .addEnvironmentVariables(settings.environment())
              .setRedirectErrorStream(true)
              .redirectOutput(console())
              .launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Waits up to two minutes until the server and its application say that they are ready. */
  public WildFlyServer awaitReady() {
    return awaitReady(READY_DEADLINE);
  }

  /**
   * Waits until the server and its application say that they are ready.
   *
   * @throws StartupException with the end of the log, where the time passes, the process ends or
   *     the WAR is refused
   */
  public WildFlyServer awaitReady(Duration deadline) {
    try {
      Awaitility.await()
          .atMost(deadline)
          .pollInterval(Duration.ofMillis(100))
          .failFast("the process ended or the WAR was refused", () -> !isRunning() || isRefused())
          .until(this::isReady);
    } catch (ConditionTimeoutException e) {
      throw notReady("is not ready after " + deadline.toSeconds() + " s", e);
    } catch (TerminalFailureException e) {
      throw notReady(isRunning() ? "refused the WAR" + reason() : "ended", e);
    }
    return this;
  }

  /** Whether {@code /health/ready} returns 200 now. */
  public boolean isReady() {
    HttpRequest request =
        HttpRequest.newBuilder(managementUri("/health/ready"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether the process is there. */
  public boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** Asks the server to stop (SIGTERM) and waits until it has. */
  public void stop() {
    if (process == null) {
      return;
    }
    process.destroy();
    if (!ended(STOP_DEADLINE)) {
      kill();
      throw new IllegalStateException(
          "WildFly did not stop within " + STOP_DEADLINE.toSeconds() + " s\n" + logTail());
    }
  }

  /** Ends the process without asking (SIGKILL), as a crash does. */
  public void kill() {
    if (process != null) {
      process.destroyForcibly();
      ended(STOP_DEADLINE);
    }
  }

  /** Stops the server if it runs. */
  @Override
  public void close() {
    stop();
  }

  /** The process, running or not; null before the first start. */
  public Process process() {
    return process;
  }

  /**
   * An address of the application; {@code path} is below {@code /tidemark}, such as {@code "/"}.
   */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + settings.httpPort() + "/tidemark" + path);
  }

  /** As {@link #uri(String)}, for a WebSocket. */
  public URI socketUri(String path) {
    return URI.create("ws://127.0.0.1:" + settings.httpPort() + "/tidemark" + path);
  }

  /** An address on the management port, such as {@code "/health/ready"} or {@code "/metrics"}. */
  public URI managementUri(String path) {
    return URI.create("http://127.0.0.1:" + settings.managementPort() + path);
  }

  /** The port of the application. */
  public int httpPort() {
    return settings.httpPort();
  }

  /** The port of health, metrics and the command line. */
  public int managementPort() {
    return settings.managementPort();
  }

  /** The directory of this server's configuration, log and data. */
  public Path baseDirectory() {
    return settings.baseDirectory();
  }

  public Path logFile() {
    return baseDirectory().resolve("log").resolve("server.log");
  }

  /** The last lines of the server's output, for a message. */
  public String logTail() {
    return ServerLog.of(console()).tail();
  }

  /** All errors in the server's output since its start, and warnings with a stack trace. */
  public List<String> troubles() {
    return ServerLog.of(console()).troubles();
  }

  /** The server's output since its start. */
  public String output() {
    return String.join("\n", ServerLog.of(console()).lines());
  }

  private Path console() {
    return baseDirectory().resolve("console.log");
  }

  private boolean isRefused() {
    return Files.exists(baseDirectory().resolve("deployments").resolve("tidemark.war.failed"));
  }

  private String reason() {
    return ServerLog.of(console()).rootCause().map(cause -> ": " + cause).orElse("");
  }

  private StartupException notReady(String what, Exception cause) {
    return new StartupException("WildFly " + what + ". The end of its log:\n" + logTail(), cause);
  }

  private boolean ended(Duration deadline) {
    try {
      return process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
