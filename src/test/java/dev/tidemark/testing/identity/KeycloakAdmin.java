package dev.tidemark.testing.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The administrator's side of Keycloak, over its REST interface. */
final class KeycloakAdmin {
  static final String REALM = "tidemark";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Higher than the priorities of the realm's own keys, so that the new key signs. */
  private static int nextPriority = 200;

  private final URI server;

  KeycloakAdmin(URI server) {
    this.server = server;
  }

  /**
   * Changes a client.
   *
   * @param change change of the client's present fields
   * @param attributes attributes to set besides
   */
  void changeClient(
      String clientId, UnaryOperator<JsonObjectBuilder> change, Map<String, String> attributes) {
    JsonObject client = only("/clients?clientId=" + clientId);
    JsonObjectBuilder all = Json.createObjectBuilder(client.getJsonObject("attributes"));
    attributes.forEach(all::add);
    JsonObjectBuilder changed = change.apply(Json.createObjectBuilder(client));
    send("PUT", "/clients/" + client.getString("id"), changed.add("attributes", all).build());
  }

  synchronized void addKey() {
    JsonObjectBuilder settings =
        Json.createObjectBuilder()
            .add("priority", texts(String.valueOf(nextPriority++)))
            .add("keySize", texts("2048"));
    send(
        "POST",
        "/components",
        Json.createObjectBuilder()
            .add("name", "key-" + UUID.randomUUID())
            .add("providerId", "rsa-generated")
            .add("providerType", "org.keycloak.keys.KeyProvider")
            .add("config", settings)
            .build());
  }

  void logOut(String user) {
    JsonObject found = only("/users?exact=true&username=" + user);
    send("POST", "/users/" + found.getString("id") + "/logout", JsonValue.EMPTY_JSON_OBJECT);
  }

  static JsonArray texts(String... values) {
    return Json.createArrayBuilder(List.of(values)).build();
  }

  /** Requests a token of a realm. */
  static JsonObject grant(URI realm, Map<String, String> form) {
    String body =
        form.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(realm + "/protocol/openid-connect/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body))
            .build();
    return parse(answer(request)).asJsonObject();
  }

  private JsonObject only(String path) {
    JsonArray found = parse(send("GET", path, JsonValue.NULL)).asJsonArray();
    if (found.size() != 1) {
      throw new IllegalStateException(path + ": " + found.size() + " found");
    }
    return found.getJsonObject(0);
  }

  private String send(String method, String path, JsonValue body) {
    String token =
        grant(
                server.resolve("/realms/master"),
                Map.of(
                    "grant_type",
                    "password",
                    "client_id",
                    "admin-cli",
                    "username",
                    KeycloakProcess.ADMIN,
                    "password",
                    KeycloakProcess.ADMIN))
            .getString("access_token");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve("/admin/realms/" + REALM + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json");
    return answer(
        body == JsonValue.NULL
            ? request.build()
            : request.method(method, BodyPublishers.ofString(body.toString())).build());
  }

  private static String answer(HttpRequest request) {
    try {
      HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new IllegalStateException(
            request.method()
                + " "
                + request.uri()
                + ": "
                + response.statusCode()
                + response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static JsonValue parse(String text) {
    return Json.createReader(new StringReader(text)).readValue();
  }
}
