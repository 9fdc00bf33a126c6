package dev.tidemark.testing.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.testing.client.WireClient;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/** A client of the {@link GuardedGateway}, with an address of its own. */
public final class Guest {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final AtomicInteger ADDRESSES = new AtomicInteger(1);

  private final Gateway gateway;
  private final String address = "127.0.9." + ADDRESSES.incrementAndGet();
  private String claimed = "";

  public Guest(Gateway gateway) {
    this.gateway = gateway;
  }

  /** Claims to be at this address from now on; the proxy appends the right one. */
  public void claim(String other) {
    claimed = other + ", ";
  }

  public String address() {
    return address;
  }

  /** Sends a request with these headers, each a name and a value. */
  public HttpResponse<String> ask(String method, String path, String... headers) throws Exception {
    return ask(method, path, "", headers);
  }

  public HttpResponse<String> ask(String method, String path, String body, String[] headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway.server().uri(path))
            .header("X-Forwarded-For", claimed + address)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  /** Sends a request with a password and returns the status. */
  public int tryPassword(String name, String password) throws Exception {
    String pair = Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
    return ask("GET", "/api/me", "Authorization", "Basic " + pair).statusCode();
  }

  /** Logs in as the page does and returns the cookie, as a request sends it. */
  public String login(String account) throws Exception {
    return login(account, account);
  }

  /** The same with a password that is not the account's name. */
  public String login(String account, String password) throws Exception {
    return login(anonymousCookie(), account, password);
  }

  /** The same in a browser that has the page already, with this cookie. */
  public String login(String cookie, String account, String password) throws Exception {
    HttpResponse<String> answer = submit(cookie, account, password);
    if (answer.statusCode() != 302) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return cookieOf(answer);
  }

  /** The cookie of a browser that has asked for the page and has not logged in. */
  public String anonymousCookie() throws Exception {
    return cookieOf(ask("GET", "/"));
  }

  /** Submits the form of the page. */
  public HttpResponse<String> submit(String cookie, String account, String password)
      throws Exception {
    return ask(
        "POST",
        "/j_security_check",
        "j_username=" + account + "&j_password=" + password,
        new String[] {"Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded"});
  }

  private static String cookieOf(HttpResponse<String> answer) {
    String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
    return cookie.substring(0, cookie.indexOf(';'));
  }

  public WireClient connect(String account) {
    return WireClient.connect(
        gateway.server().socketUri("/ws"),
        handshake ->
            handshake
                .header("X-Forwarded-For", claimed + address)
                .header("Authorization", WireClient.authorization(account)));
  }

  /** Connects as a page does: with a ticket among its subprotocols. */
  public WireClient connectWithTicket(String ticket, String origin) {
    return WireClient.connect(
        gateway.server().socketUri("/ws"),
        handshake ->
            handshake
                .header("X-Forwarded-For", claimed + address)
                .header("Origin", origin)
                .subprotocols("tidemark.v1", "ticket." + ticket));
  }
}
