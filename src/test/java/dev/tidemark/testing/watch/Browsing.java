package dev.tidemark.testing.watch;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.tools.run.WildFlyServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;

/** The HTTP side of a neighbour: REST with a password, and the page with a login. */
final class Browsing {
  private static final int LOADS_OF_A_LOGIN = 20;
  private static final String FORM = "application/x-www-form-urlencoded";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final WildFlyServer server;
  private final String account;
  private String cookie = "";
  private int loads;

  Browsing(WildFlyServer server, String account) {
    this.server = server;
    this.account = account;
  }

  void listSessions() throws IOException, InterruptedException {
    HttpResponse<String> listed =
        send(request("/api/sessions").header("Authorization", WireClient.authorization(account)));
    require(listed, 200, "sessions");
  }

  void loadPage() throws IOException, InterruptedException {
    if (loads++ % LOADS_OF_A_LOGIN == 0) {
      logIn();
    }
    require(send(request("/").header("Cookie", cookie)), 200, "js/app.js");
  }

  private void logIn() throws IOException, InterruptedException {
    cookie = cookieOf(send(request("/")));
    HttpResponse<String> answer =
        send(
            request("/j_security_check")
                .header("Cookie", cookie)
                .header("Content-Type", FORM)
                .POST(BodyPublishers.ofString("j_username=" + account + "&j_password=" + account)));
    require(answer, 302, "");
    cookie = cookieOf(answer);
  }

  private HttpRequest.Builder request(String path) {
    URI uri = server.uri(path);
    return HttpRequest.newBuilder(uri).timeout(WireClient.PATIENCE);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String cookieOf(HttpResponse<String> answer) throws IOException {
    return answer
        .headers()
        .firstValue("Set-Cookie")
        .map(set -> set.substring(0, set.indexOf(';')))
        .orElseThrow(() -> new IOException("no cookie, but " + answer.statusCode()));
  }

  private static void require(HttpResponse<String> answer, int status, String text)
      throws IOException {
    if (answer.statusCode() != status || !answer.body().contains(text)) {
      throw new IOException(answer.statusCode() + " " + answer.body());
    }
  }
}
