package dev.tidemark.tools.bench.load;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The commands of the generator. Each names a group. */
final class Commands {
  private final Map<String, Group> groups = new HashMap<>();

  /** Called on one thread; the work is done on the group's. */
  void run(JsonObject command, CompletableFuture<JsonObject> response) {
    String name = command.getString("group");
    Group group = groups.computeIfAbsent(name, unused -> new Group());
    if (command.getString("command").equals("close")) {
      groups.remove(name);
    }
    group
        .loop()
        .execute(
            () -> {
              try {
                run(group, command, response);
              } catch (RuntimeException e) {
                response.completeExceptionally(e);
              }
            });
  }

  void close() {
    groups.values().forEach(group -> group.loop().execute(group::close));
  }

  private static void run(Group group, JsonObject command, CompletableFuture<JsonObject> response) {
    switch (command.getString("command")) {
      case "open" -> open(group, command, response);
      case "send" -> send(group, command, response);
      case "await" -> await(group, command, response);
      case "mark" -> {
        group.mark(command.getBoolean("stamps", false));
        response.complete(group.report());
      }
      case "report" -> response.complete(group.report());
      case "stamps" -> response.complete(stamps(group.stamps(), command));
      case "close" -> {
        group.close();
        response.complete(group.report());
      }
      default -> throw new IllegalArgumentException(command.toString());
    }
  }

  /** Takes {@code uri}, {@code account}, {@code clients}; completes when all are open. */
  private static void open(
      Group group, JsonObject command, CompletableFuture<JsonObject> response) {
    group.mark(false);
    Sockets.open(
        group,
        URI.create(command.getString("uri")),
        command.getString("account"),
        command.getInt("clients"));
    within(command, response, group);
    group.whenOpen(() -> response.complete(group.report()));
  }

  /**
   * Takes {@code texts}, of which each client sends one, cyclically; {@code only}, the number of
   * senders; {@code times}: a client sends again at the goal, without waiting for the others.
   * Counts start anew, after {@code baseline} if given. Completes when all have reached the goal.
   */
  private static void send(
      Group group, JsonObject command, CompletableFuture<JsonObject> response) {
    group.mark(command.getBoolean("stamps", false));
    List<LoadClient> clients = group.clients();
    JsonNumber baseline = command.getJsonNumber("baseline");
    if (baseline == null) {
      clients.forEach(LoadClient::again);
    } else {
      clients.forEach(client -> client.expect(baseline.longValue()));
    }
    JsonArray texts = command.getJsonArray("texts");
    int senders = Math.min(command.getInt("only", clients.size()), clients.size());
    for (int i = 0; i < senders; i++) {
      clients
          .get(i)
          .send(((JsonString) texts.get(i % texts.size())).getString(), command.getInt("times", 1));
    }
    await(group, command, response);
  }

  /**
   * Takes {@code until}, a number that every client has to see; {@code frames}, a count of numbered
   * frames; {@code caught_up}, for a complete replay. Without any of them, completes at once.
   */
  private static void await(
      Group group, JsonObject command, CompletableFuture<JsonObject> response) {
    long until = command.containsKey("until") ? number(command, "until") : Scanner.NONE;
    long frames = number(command, "frames");
    boolean caughtUp = command.getBoolean("caught_up", false);
    Predicate<LoadClient> reached =
        client ->
            client.last() >= until && client.frames() >= frames && (!caughtUp || client.caughtUp());
    within(command, response, group);
    group.whenAll(reached, () -> response.complete(group.report()));
  }

  /** After {@code patience_seconds}, completes with the frames received until then. */
  private static void within(
      JsonObject command, CompletableFuture<JsonObject> response, Group group) {
    CompletableFuture.delayedExecutor(command.getInt("patience_seconds", 60), TimeUnit.SECONDS)
        .execute(
            () -> {
              if (!response.isDone()) { // the group may be closed by now
                group.loop().execute(() -> response.complete(late(group)));
              }
            });
  }

  private static JsonObject late(Group group) {
    return Json.createObjectBuilder(group.report()).add("late", true).build();
  }

  private static JsonObject stamps(Stamps stamps, JsonObject command) {
    long to = number(command, "to_micros");
    return stamps.report(number(command, "from_micros"), to == 0 ? Long.MAX_VALUE : to);
  }

  private static long number(JsonObject command, String field) {
    JsonNumber value = command.getJsonNumber(field);
    return value == null ? 0 : value.longValue();
  }
}
