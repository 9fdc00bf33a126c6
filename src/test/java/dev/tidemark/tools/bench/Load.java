package dev.tidemark.tools.bench;

import dev.tidemark.tools.bench.load.LoadGenerator;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The load generator as the benchmark sees it: a process that replies to commands. */
final class Load implements AutoCloseable {
  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader responses;

  private Load(Process process) {
    this.process = process;
    commands = process.outputWriter(StandardCharsets.UTF_8);
    responses = process.inputReader(StandardCharsets.UTF_8);
  }

  static Load start() {
    try {
      return new Load(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx1g",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  LoadGenerator.class.getName())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens sockets as alice; waits until all are open. */
  Flow open(String group, URI uri, int clients) {
    return flow(
        command("open", group)
            .add("uri", uri.toString())
            .add("account", "alice")
            .add("clients", clients)
            .add("patience_seconds", 120));
  }

  /** A command that the caller completes: {@code send} or {@code await}. */
  static JsonObjectBuilder command(String name, String group) {
    return Json.createObjectBuilder().add("command", name).add("group", group);
  }

  static JsonArrayBuilder texts(List<String> texts) {
    return Json.createArrayBuilder(texts);
  }

  /**
   * Runs a command and returns the flow of frames that it reports.
   *
   * @throws IllegalStateException if the command missed its goal or failed, or if numbers had a gap
   */
  Flow flow(JsonObjectBuilder command) {
    JsonObject asked = command.build();
    JsonObject response = ask(asked);
    Flow flow = Flow.of(response);
    if (response.getBoolean("late", false) || flow.gaps() > 0 || !flow.failure().isEmpty()) {
      String what = asked.toString();
      throw new IllegalStateException(
          response + " to " + what.substring(0, Math.min(500, what.length())));
    }
    return flow;
  }

  Latency latency(JsonObjectBuilder command) {
    return Latency.of(ask(command.build()));
  }

  void close(String group) {
    ask(command("close", group).build());
  }

  private synchronized JsonObject ask(JsonObject command) {
    try {
      commands.write(command.toString());
      commands.newLine();
      commands.flush();
      String line = responses.readLine();
      if (line == null) {
        throw new IllegalStateException("The load generator has ended.");
      }
      try (JsonReader reader = Json.createReader(new StringReader(line))) {
        JsonObject response = reader.readObject();
        if (response.containsKey("error")) {
          throw new IllegalStateException(response.getString("error"));
        }
        return response;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }

  /** The frames that a group received. {@code share} is the generator's share of the machine. */
  record Flow(
      long frames,
      long messages,
      long bytes,
      long gaps,
      long snapshots,
      String failure,
      double secondsToFirst,
      double secondsToAll,
      double secondsOfFrames,
      double share) {
    static Flow of(JsonObject json) {
      return new Flow(
          json.getJsonNumber("frames").longValue(),
          json.getJsonNumber("messages").longValue(),
          json.getJsonNumber("bytes").longValue(),
          json.getJsonNumber("gaps").longValue(),
          json.getJsonNumber("snapshots").longValue(),
          json.getString("failure"),
          json.getJsonNumber("seconds_to_first").doubleValue(),
          json.getJsonNumber("seconds_to_all").doubleValue(),
          json.getJsonNumber("seconds_of_frames").doubleValue(),
          json.getJsonNumber("share").doubleValue());
    }

    double framesPerSecond() {
      return frames / secondsOfFrames;
    }
  }

  /** Latencies of events, in milliseconds. */
  record Latency(long count, double p50, double p99, double p999, double max) {
    static Latency of(JsonObject json) {
      return new Latency(
          json.getJsonNumber("count").longValue(),
          json.getJsonNumber("p50_millis").doubleValue(),
          json.getJsonNumber("p99_millis").doubleValue(),
          json.getJsonNumber("p999_millis").doubleValue(),
          json.getJsonNumber("max_millis").doubleValue());
    }
  }
}
