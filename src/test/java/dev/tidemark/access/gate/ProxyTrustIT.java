package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.WildFlyServer;
import dev.tidemark.tools.run.WildFlyServerBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
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
