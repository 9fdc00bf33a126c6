package dev.tidemark.testing.identity;

import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/**
 * The Keycloak that the build unpacked, as a process with its database in memory. The first start
 * after a build takes longer: it compiles its configuration.
 */
final class KeycloakProcess implements AutoCloseable {
  static final String ADMIN = "root";
  private static final Duration READY_DEADLINE = Duration.ofMinutes(5);
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);

  /**
   * Runs a program until it ends or its input does. The input is a pipe from this JVM, which ends
   * with the JVM, however that ends.
   */
  private static final String TIED =
      """
      exec 3<&0
      "$@" </dev/null 3<&- &
      program=$!
      { cat <&3 >/dev/null; kill "$program" 2>/dev/null; } &
      exec 3<&-
      wait "$program"
      kill $! 2>/dev/null
      """;

  private static final Path HOME =
      Path.of(System.getProperty("tidemark.keycloak", "target/keycloak")).toAbsolutePath();
  private static final Path LOG = Directories.forTest("keycloak.log");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final int port;
  private boolean ready;

  private KeycloakProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts Keycloak and returns at once. */
  static KeycloakProcess start() {
    int port = Ports.free();
    try {
      Path imported = Files.createDirectories(HOME.resolve("data/import"));
      Files.copy(
          Path.of("src/test/resources/keycloak/tidemark-realm.json"),
          imported.resolve("tidemark-realm.json"),
          StandardCopyOption.REPLACE_EXISTING);
      Files.createDirectories(LOG.getParent());
      ProcessBuilder command =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  TIED,
                  "keycloak",
                  HOME.resolve("bin/kc.sh").toString(),
                  "start-dev",
                  "--import-realm",
                  "--db=dev-mem",
                  "--http-host=127.0.0.1",
                  "--http-port=" + port)
              .redirectErrorStream(true)
              .redirectOutput(LOG.toFile());
      command.environment().put("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN);
      command.environment().put("KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN);
      command.environment().put("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx384m");
      // Keycloak ends before the second compiler would pay off.
      command.environment().put("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1");
      return new KeycloakProcess(command.start(), port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /**
   * @throws IllegalStateException with the path of the log, if Keycloak ends or the time is up
   */
  synchronized void awaitReady() {
    if (ready) {
      return;
    }
    try {
      Awaitility.await()
          .atMost(READY_DEADLINE)
          .pollInterval(Duration.ofMillis(250))
          .failFast("it ended", () -> !process.isAlive())
          .until(this::answers);
      ready = true;
    } catch (ConditionTimeoutException | TerminalFailureException e) {
      throw new IllegalStateException("Keycloak is not ready. Its log: " + LOG, e);
    }
  }

  private boolean answers() throws InterruptedException {
    URI description = uri("/realms/" + KeycloakAdmin.REALM + "/.well-known/openid-configuration");
    try {
      return http.send(HttpRequest.newBuilder(description).build(), BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
