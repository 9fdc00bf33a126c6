package dev.tidemark.ops;

import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.Ports;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.junit.jupiter.api.Assumptions;

/** A Prometheus of this machine's distribution, found on the path. */
final class InstalledPrometheus {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int ATTEMPTS = 3;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Path bin;

  private InstalledPrometheus(Path bin) {
    this.bin = bin;
  }

  /**
   * Finds it. Where there is none, the tests are skipped with the reason, or fail with {@code
   * -Dprometheus.required=true}.
   */
  static InstalledPrometheus orSkip() {
    var found =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .map(Path::of)
            .filter(folder -> Files.isExecutable(folder.resolve("prometheus")))
            .filter(folder -> Files.isExecutable(folder.resolve("promtool")))
            .findFirst();
    if (found.isPresent()) {
      return new InstalledPrometheus(found.get());
    }
    String reason = "no prometheus with promtool on the path: install the package prometheus";
    if (Boolean.getBoolean("prometheus.required")) {
      throw new AssertionError(reason);
    }
    System.err.println(
        "Skipped: " + reason); // the report has no line for a class skipped this early
    return Assumptions.abort(reason);
  }

  /** What {@code promtool} says; fails unless it is content. */
  String promtool(String... arguments) {
    try {
      List<String> command = new ArrayList<>(List.of(bin.resolve("promtool").toString()));
      command.addAll(List.of(arguments));
      Process process =
          new ProcessBuilder(command)
              .directory(MonitoringFiles.FOLDER.toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + "\n" + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * Starts one with this configuration, in a directory of its own, and waits until it answers.
   * Another process may take the port before it does: then it is started once more, with another.
   */
  Running start(String name, String configuration) throws IOException {
    Path folder = Files.createDirectories(Directories.forTest(name));
    Path file = Files.writeString(folder.resolve("prometheus.yml"), configuration);
    Path log = folder.resolve("prometheus.log");
    for (int attempt = 1; ; attempt++) {
      int port = Ports.free();
      Process process =
          new ProcessBuilder(
                  bin.resolve("prometheus").toString(),
                  "--config.file=" + file,
                  "--storage.tsdb.path=" + Files.createTempDirectory(folder, "data"),
                  "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      Running running = new Running(process, URI.create("http://127.0.0.1:" + port));
      try {
        Awaitility.await("Prometheus")
            .atMost(PATIENCE)
            .failFast("it ended: see " + log, () -> !process.isAlive())
            .ignoreExceptions()
            .until(() -> running.get("/-/ready").startsWith("Prometheus"));
        return running;
      } catch (ConditionTimeoutException e) {
        running.close();
        throw e;
      } catch (TerminalFailureException e) {
        if (attempt == ATTEMPTS || !Files.readString(log).contains("address already in use")) {
          throw e;
        }
      }
    }
  }

  /** A Prometheus that runs. */
  record Running(Process process, URI address) implements AutoCloseable {
    private String get(String path) {
      try {
        return HTTP.send(
                HttpRequest.newBuilder(address.resolve(path)).build(), BodyHandlers.ofString())
            .body();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    private JsonObject ask(String path) {
      try (var reader = Json.createReader(new StringReader(get(path)))) {
        JsonObject answer = reader.readObject();
        if (!answer.getString("status").equals("success")) {
          throw new AssertionError(path + ": " + answer);
        }
        return answer.getJsonObject("data");
      }
    }

    /** The values of a query now; fails if it is none. */
    List<Double> query(String expression) {
      return ask("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
          .getJsonArray("result")
          .getValuesAs(JsonObject.class)
          .stream()
          .map(sample -> sample.getJsonArray("value").getString(1))
          .map(text -> text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.valueOf(text))
          .toList();
    }

    /** The rules of all groups, as Prometheus sees them. */
    List<JsonObject> rules() {
      return ask("/api/v1/rules").getJsonArray("groups").stream()
          .map(JsonValue::asJsonObject)
          .flatMap(group -> group.getJsonArray("rules").stream())
          .map(JsonValue::asJsonObject)
          .toList();
    }

    @Override
    public void close() {
      process.destroy();
      try {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
