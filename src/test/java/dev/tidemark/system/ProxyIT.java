package dev.tidemark.system;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.system.ReverseProxy.Kind;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.container.GateWar;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Rest;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The files of {@code docs/proxy/} in front of two nodes, with TLS. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ProxyIT {
  private static final String FORM = "j_security_check";
  private static final String CLAIMED = "203.0.113.9";

  private static final String[] ALICE = {"Authorization", WireClient.authorization("alice")};

  private static final ProxiedNodes NODES = new ProxiedNodes();

  private final List<ReverseProxy> proxies = new ArrayList<>();
  private ReverseProxy proxy;
  private final CookieManager cookies = new CookieManager();
  private HttpClient http;

  @AfterAll
  static void stop() {
    NODES.close();
  }

  private void start(Kind kind) throws Exception {
    ReverseProxy.skipUnlessInstalled(kind);
    NODES.awaitReady();
    proxy = startProxy(kind);
    http =
        HttpClient.newBuilder()
            .sslContext(proxy.trust())
            .cookieHandler(cookies)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  private ReverseProxy startProxy(Kind kind) throws Exception {
    ReverseProxy started =
        ReverseProxy.start(kind, NODES.first().server(), NODES.second().server());
    proxies.add(started);
    return started;
  }

  @AfterEach
  void theLogHoldsNothingSecret() {
    for (ReverseProxy one : proxies) {
      one.close();
      String log = one.output();
      assertTrue(log.contains("/tidemark/"), "requests are logged: " + log);
      for (HttpCookie cookie : cookies.getCookieStore().getCookies()) {
        assertFalse(
            cookie.getName().equals("JSESSIONID") && log.contains(cookie.getValue()),
            cookie.getName());
      }
      for (String secret : List.of("Basic", "YWxpY2U6", "ticket.", "j_password", "s3cret")) {
        assertFalse(log.contains(secret), secret);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPersonSignsInAndStaysAtOneNode(Kind kind) throws Exception {
    start(kind);
    HttpResponse<String> form = get("/tidemark/?code=s3cret");
    assertTrue(form.body().contains(FORM), form.body());
    assertTrue(form.headers().firstValue("Strict-Transport-Security").isPresent(), "by https");
    List<String> set = form.headers().allValues("Set-Cookie");
    assertTrue(set.stream().allMatch(c -> c.toLowerCase(Locale.ROOT).contains("secure")), set + "");
    HttpResponse<String> page =
        http.send(
            HttpRequest.newBuilder(proxy.uri("/tidemark/j_security_check"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", proxy.origin())
                .POST(BodyPublishers.ofString("j_username=alice&j_password=alice"))
                .build(),
            BodyHandlers.ofString());
    assertEquals(200, page.statusCode());
    assertEquals(proxy.origin(), origin(page.uri()), "redirected to the outer address");
    for (int i = 0; i < 20; i++) {
      assertFalse(get("/tidemark/").body().contains(FORM), "asked to sign in again at " + i);
    }
    try (WireClient browser = connect("Cookie", cookieHeader(), "Origin", proxy.origin())) {
      browser.create();
      browser.say("one two three", "m-1", 0);
      browser.awaitEvent("stream_end");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aProgramTalksOverTlsOnly(Kind kind) throws Exception {
    start(kind);
    try (WireClient program = connect("Authorization", WireClient.authorization("alice"))) {
      program.create();
      program.say("one two three", "m-1", 0);
      program.awaitEvent("stream_end");
    }
    HttpRequest plain = HttpRequest.newBuilder(proxy.plainUri("/tidemark/api/me")).build();
    HttpResponse<String> redirect = HttpClient.newHttpClient().send(plain, BodyHandlers.ofString());
    assertEquals(308, redirect.statusCode());
    assertTrue(redirect.headers().firstValue("Location").orElseThrow().startsWith("https://"));
    for (String outside : List.of("/management", "/metrics", "/health/ready", "/tidemark-2/")) {
      assertEquals(404, get(outside).statusCode(), outside);
    }
  }

  /** The nodes have another application, with a page that needs no login. */
  @ParameterizedTest
  @EnumSource
  void noWayLeadsOutOfTheApplication(Kind kind) throws Exception {
    start(kind);
    HttpRequest gate =
        HttpRequest.newBuilder(NODES.first().server().uri("/../gate/login.html")).build();
    assertEquals(GateWar.FORM, http.send(gate, BodyHandlers.ofString()).body(), "by the node");
    for (String way :
        List.of(
            "/../gate/",
            "/x/../../gate/",
            "/./../gate/",
            "//../../gate/",
            "/..;/gate/",
            "/..;x=y/gate/",
            "/..%3b/gate/",
            "/%2e%2e/gate/",
            "/.%2E/gate/",
            "/%2e%2e;/gate/",
            "/..%2fgate/",
            "/%2e%2e%2fgate/",
            "/..%5cgate/",
            "/%252e%252e/gate/")) {
      HttpResponse<String> answer = get("/tidemark" + way + "login.html");
      assertNotEquals(GateWar.FORM, answer.body(), way);
    }
    // What follows the last step makes it look like the application's own path.
    for (String way :
        List.of("/gate/login.html//../tidemark/", "/tidemark/../gate//../tidemark/")) {
      assertEquals(404, get(way).statusCode(), way);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatAClientClaimsDoesNotCount(Kind kind) throws Exception {
    start(kind);
    String[] claims = {
      "X-Forwarded-For",
      CLAIMED,
      "X-Forwarded-Host",
      "evil.example",
      "X-Forwarded-Port",
      "8443",
      "X-Forwarded-Proto",
      "http",
      "Forwarded",
      "for=" + CLAIMED + ";host=evil.example",
      "Authorization",
      WireClient.authorization("alice"),
      "Origin"
    };
    try (WireClient client = connect(and(claims, proxy.origin()))) {
      client.create();
      List<String> lists =
          Stream.of(NODES.first(), NODES.second())
              .map(node -> new Rest(node).send("admin", "GET", "/connections").body())
              .toList();
      assertTrue(lists.toString().contains("\"remote_address\":\"127.0.0.1\""), lists.toString());
      assertFalse(lists.toString().contains(CLAIMED), lists.toString());
    }
    for (String foreign : List.of("https://evil.example", "http://evil.example")) {
      CompletionException refused =
          assertThrows(CompletionException.class, () -> connect(and(claims, foreign)).close());
      WebSocketHandshakeException handshake =
          assertInstanceOf(WebSocketHandshakeException.class, refused.getCause());
      assertEquals(403, handshake.getResponse().statusCode(), foreign);
    }
    assertEquals("HTTP/1.1 200", answerToAnUpgradeToHttp2());
  }

  /** By which a client would speak to the node itself, with headers that the proxy never sees. */
  private String answerToAnUpgradeToHttp2() throws Exception {
    URI uri = proxy.uri("/tidemark/login.html");
    try (Socket socket =
        proxy
            .trust()
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), uri.getPort())) {
      socket.setSoTimeout((int) WireClient.PATIENCE.toMillis());
      String request =
          """
          GET %s HTTP/1.1
          Host: %s
          Connection: Upgrade, HTTP2-Settings
          Upgrade: h2c
          HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA

          """
              .formatted(uri.getPath(), uri.getAuthority());
      socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(US_ASCII));
      return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))
          .readLine()
          .substring(0, 12);
    }
  }

  /** One node, behind all proxies that this machine has. Last: the node would be started again. */
  @Test
  @Order(Integer.MAX_VALUE)
  void aDrainedNodeIsTakenOut() throws Exception {
    List<Kind> kinds = ReverseProxy.installed();
    NODES.awaitReady();
    Gateway drained = NODES.first();
    drained.awaitMetric("tidemark_connections", 0);
    for (Kind kind : kinds) {
      startProxy(kind);
    }
    List<WireClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < proxies.size(); i++) {
        while (drained.metric("tidemark_connections") <= i) {
          clients.add(connect(proxies.get(i), ALICE));
        }
      }
      assertEquals(202, new Rest(drained).send("operator", "POST", "/node/drain").statusCode());
      for (int i = 0; i < 6; i++) {
        for (ReverseProxy one : proxies) {
          connectInTheEnd(one).close();
        }
      }
      drained.awaitMetric("tidemark_connections", 0);
      for (ReverseProxy one : proxies) {
        one.awaitTakenOut("node-1");
        connectInTheEnd(one).close();
        HttpClient client = HttpClient.newBuilder().sslContext(one.trust()).build();
        HttpRequest me = HttpRequest.newBuilder(one.uri("/tidemark/api/me")).headers(ALICE).build();
        assertEquals(200, client.send(me, BodyHandlers.discarding()).statusCode());
      }
    } finally {
      clients.forEach(WireClient::close);
    }
  }

  /** Comes back after a 503, where the proxy passes on what a node says that drains. */
  private static WireClient connectInTheEnd(ReverseProxy proxy) {
    return proxy.asksAnotherNode()
        ? connect(proxy, ALICE)
        : Awaitility.await()
            .atMost(WireClient.PATIENCE)
            .ignoreExceptionsMatching(ProxyIT::isUnavailable)
            .until(() -> connect(proxy, ALICE), client -> true);
  }

  private static boolean isUnavailable(Throwable failure) {
    return failure.getCause() instanceof WebSocketHandshakeException handshake
        && handshake.getResponse().statusCode() == 503;
  }

  private WireClient connect(String... headers) {
    return connect(proxy, headers);
  }

  private static WireClient connect(ReverseProxy proxy, String... headers) {
    return WireClient.connect(
        HttpClient.newBuilder().sslContext(proxy.trust()).build(),
        proxy.socketUri(),
        handshake -> {
          for (int i = 0; i < headers.length; i += 2) {
            handshake.header(headers[i], headers[i + 1]);
          }
          return handshake;
        });
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(proxy.uri(path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return http.send(request.timeout(Duration.ofMinutes(1)).build(), BodyHandlers.ofString());
  }

  private String cookieHeader() {
    return cookies.getCookieStore().getCookies().stream()
        .map(cookie -> cookie.getName() + "=" + cookie.getValue())
        .collect(Collectors.joining("; "));
  }

  private static String[] and(String[] headers, String last) {
    return Stream.concat(Stream.of(headers), Stream.of(last)).toArray(String[]::new);
  }

  private static String origin(URI uri) {
    return uri.getScheme() + "://" + uri.getAuthority();
  }
}
