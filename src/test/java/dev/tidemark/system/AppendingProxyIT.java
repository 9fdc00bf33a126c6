package dev.tidemark.system;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.system.ReverseProxy.Kind;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Proxies that append to {@code X-Forwarded-For} in front of a node, as {@code docs/operations.md}
 * allows it: what a client has written there itself is passed on, and counts for nothing.
 */
final class AppendingProxyIT {
  private static final int FAILURES = 5;

  /** What each file of {@code docs/proxy/} says, and how the same program appends. */
  private static final Map<Kind, Map<String, String>> APPENDING =
      Map.of(
          Kind.NGINX,
          Map.of(
              "X-Forwarded-For $remote_addr;", "X-Forwarded-For $proxy_add_x_forwarded_for;",
              "proxy_set_header Forwarded '';", ""),
          Kind.HAPROXY,
          Map.of(
              "http-request set-header X-Forwarded-For %[src]", "option forwardfor",
              "http-request del-header Forwarded", ""),
          Kind.HTTPD,
          Map.of(
              "ProxyAddHeaders Off", "ProxyAddHeaders On",
              "RequestHeader set X-Forwarded-For expr=%{REMOTE_ADDR}", "",
              "RequestHeader set X-Forwarded-Host expr=%{HTTP_HOST}", "",
              "RequestHeader unset Forwarded", ""));

  private static final AtomicInteger ADDRESSES = new AtomicInteger();

  private static Gateway node;

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  private static synchronized Gateway node() {
    if (node == null) {
      node =
          Gateway.start(
              "appending-proxy",
              Map.of(
                  "tidemark.access.trusted-proxies", "127.0.0.1",
                  "tidemark.access.failures-per-minute", "" + FAILURES,
                  "tidemark.access.record-every-millis", "500"));
    }
    return node;
  }

  @ParameterizedTest
  @EnumSource
  void whatAClientClaimsIsNeitherCountedNorRecorded(Kind kind) throws Exception {
    ReverseProxy.skipUnlessInstalled(kind);
    int last = ADDRESSES.incrementAndGet(); // each program has clients of its own
    String client = "127.0.8." + last;
    String other = "127.0.7." + last;
    try (ReverseProxy proxy =
        ReverseProxy.start(kind, node().server(), node().server(), APPENDING.get(kind))) {
      int guesses = 0; // one is counted once its answer is out
      int status = 401;
      while (status == 401) {
        assertTrue(guesses < 10 * FAILURES, "each claimed address has guesses of its own");
        status = status(proxy, client, "203.0.113." + guesses, "guessed-" + guesses + ":wrong");
        guesses++;
      }
      assertEquals(429, status);
      assertTrue(guesses > FAILURES, guesses + " guesses");
      assertEquals(200, status(proxy, other, client, "alice:alice"), "nobody else is shut out");
    }
    Awaitility.await("the record of the client's own address")
        .atMost(WireClient.PATIENCE)
        .until(() -> recorded("= '" + client + "' and code = 'too_many_failures'") > 0);
    assertEquals(0, recorded("like '203.0.113.%' or remote_address = '" + other + "'"));
  }

  private static long recorded(String address) {
    return node()
        .database()
        .value(
            Long.class,
            "select count(*) from tidemark.refusal_record where remote_address " + address);
  }

  /** Asks from this address of the client, which claims another. */
  private static int status(ReverseProxy proxy, String from, String claimed, String password)
      throws Exception {
    try (Socket plain = new Socket()) {
      plain.setSoTimeout((int) WireClient.PATIENCE.toMillis());
      plain.bind(new InetSocketAddress(from, 0));
      int port = proxy.uri("/").getPort();
      plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      try (SSLSocket tls =
          (SSLSocket)
              proxy.trust().getSocketFactory().createSocket(plain, "127.0.0.1", port, true)) {
        String request =
            """
            GET /tidemark/api/me HTTP/1.1
            Host: 127.0.0.1:%d
            X-Forwarded-For: %s
            X-Real-IP: %s
            Forwarded: for=%s
            Authorization: Basic %s
            Connection: close

            """
                .formatted(
                    port,
                    claimed,
                    claimed,
                    claimed,
                    Base64.getEncoder().encodeToString(password.getBytes(US_ASCII)));
        tls.getOutputStream().write(request.replace("\n", "\r\n").getBytes(US_ASCII));
        String line =
            new BufferedReader(new InputStreamReader(tls.getInputStream(), US_ASCII)).readLine();
        return Integer.parseInt(line.substring(9, 12));
      }
    }
  }
}
