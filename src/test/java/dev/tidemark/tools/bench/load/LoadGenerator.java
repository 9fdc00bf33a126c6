package dev.tidemark.tools.bench.load;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The process of the load generator: reads commands and writes replies, one JSON object a line. */
public final class LoadGenerator {
  private LoadGenerator() {}

  /** Runs until its input ends. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    PrintStream responses = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Commands commands = new Commands();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonObject command = parsed(line);
      CompletableFuture<JsonObject> response = new CompletableFuture<>();
      try {
        commands.run(command, response);
        responses.println(response.get());
      } catch (ExecutionException e) {
        responses.println(
            Json.createObjectBuilder().add("error", String.valueOf(e.getCause())).build());
      }
    }
    commands.close();
  }

  private static JsonObject parsed(String line) {
    try (JsonReader reader = Json.createReader(new StringReader(line))) {
      return reader.readObject();
    }
  }
}
