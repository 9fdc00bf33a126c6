package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.testing.gateway.RefusalRecord;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.WildFlyServer;
import dev.tidemark.tools.run.WildFlyServerBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A server that believes any request, and an application that was not told whom to trust. */
final class ProxyTrustIT {
  private static final String LISTENER = "<http-listener name=\"default\"";

  @Test
  void aNodeThatForwardsAndTrustsNobodyTakesNoClientsAndSaysWhy() throws Exception {
    try (WildFlyServer server = node("forwarding").build().start()) {
      Readiness.awaitRefusal(
          server, "proxy-address-forwarding, and tidemark.access.trusted-proxies is not set");
      assertTrue(server.output().contains("TIDE0735"), server::logTail);
    }
  }

  /** The leftmost address, which the server's own forwarding takes, is never used. */
  @Test
  void whereTrustIsSaidTheServersForwardingDoesNoHarm() throws Exception {
    try (WildFlyServer server =
        node("forwarding-trusted")
            .systemProperty("tidemark.access.trusted-proxies", "192.0.2.1")
            .startReady()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(server.uri("/login.html").toString()))
              .header("X-Forwarded-For", "203.0.113.9")
              .header("X-Forwarded-Proto", "https")
              .build();
      var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      assertEquals(200, answer.statusCode());
      assertTrue(
          answer.headers().firstValue("Strict-Transport-Security").isEmpty(), "not by https");
    }
  }

  /** The client has written the first hop itself, and the headers of the other kind. */
  @Test
  void aProxyThatWritesForwardedIsBelievedIfThatIsSaid() throws Exception {
    try (Gateway gateway =
        Gateway.start(
            "forwarded",
            Map.of(
                "tidemark.access.trusted-proxies", "127.0.0.1",
                "tidemark.access.proxy-headers", "forwarded",
                "tidemark.access.record-every-millis", "500"))) {
      HttpRequest request =
          HttpRequest.newBuilder(gateway.server().uri("/api/me"))
              .header(
                  "Forwarded", "for=203.0.113.9;proto=http, for=\"198.51.100.7:4711\";proto=https")
              .header("X-Forwarded-For", "203.0.113.10")
              .header("X-Forwarded-Proto", "http")
              .build();
      var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      assertEquals(401, answer.statusCode());
      assertTrue(answer.headers().firstValue("Strict-Transport-Security").isPresent(), "by https");
      RefusalRecord.await(gateway, 401, "auth_required");
      assertEquals(
          List.of(List.of("198.51.100.7")),
          gateway.database().rows("select remote_address from audit.refusal_history"));
    }
  }

  private static WildFlyServerBuilder node(String name) throws Exception {
    Gateway shared = Gateway.shared();
    Path base = Directories.forTest(name + "-template");
    Directories.delete(base);
    Directories.copy(Directories.server().resolve("standalone"), base);
    Path file = base.resolve("configuration/standalone.xml");
    String before = Files.readString(file);
    String after = before.replace(LISTENER, LISTENER + " proxy-address-forwarding=\"true\"");
    assertTrue(!after.equals(before), "there is no " + LISTENER);
    Files.writeString(file, after);
    // Behind the filter that takes callers of this machine only, by the address that was claimed.
    Files.writeString(file, after.replace("<filter-ref name=\"tidemark-loopback-only\"/>", ""));
    return WildFlyServer.named(name)
        .template(base)
        .javaOption(Gateway.QUICK_START)
        .developmentAccounts()
        .database(shared.cluster().app(shared.database().name()));
  }
}
