package dev.tidemark.tools.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.testing.container.GateWar;
import dev.tidemark.testing.gateway.Gateway;
import java.io.IOException;
import java.net.CookieManager;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The accounts of development, on a server that is bound to every address. */
final class DevelopmentAccountsIT {

  private static WildFlyServer server;
  private static final HttpClient HTTP =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();

  private final HttpClient browser =
      HttpClient.newBuilder()
          .cookieHandler(new CookieManager())
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  @BeforeAll
  static void start() {
    server =
        WildFlyServer.named("accounts")
            .bindAddress("0.0.0.0")
            .developmentAccounts()
            .javaOption(Gateway.QUICK_START)
            .war(GateWar.writeTo(Directories.forTest("accounts.war")))
            .build()
            .start();
    // The server is never ready: that is what the application alone says.
    Awaitility.await("the page")
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(() -> get(server.uri("/"), "bob:bob").body().equals(GateWar.BEHIND));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void theNameIsThePassword() throws Exception {
    assertEquals(GateWar.BEHIND, get(server.uri("/"), "bob:bob").body());
  }

  @Test
  void anotherPasswordIsSentToTheForm() throws Exception {
    assertFalse(get(server.uri("/"), "bob:alice").body().contains(GateWar.BEHIND));
  }

  @Test
  void anotherRoleIsForbidden() throws Exception {
    assertEquals(403, get(server.uri("/"), "auditor:auditor").statusCode());
    assertEquals(403, get(server.uri("/"), "publisher:publisher").statusCode());
  }

  @Test
  void whoSendsNothingGetsTheFormAndCanUseIt() throws Exception {
    assertEquals(
        GateWar.FORM,
        browser
            .send(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString())
            .body());
    HttpRequest login =
        HttpRequest.newBuilder(server.uri("/j_security_check"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("j_username=alice&j_password=alice"))
            .build();
    assertEquals(GateWar.BEHIND, browser.send(login, BodyHandlers.ofString()).body());
  }

  @Test
  void whoComesFromOutsideThisMachineIsForbidden() throws Exception {
    Optional<InetAddress> outside = outsideAddress();
    assumeTrue(outside.isPresent(), "this machine has no address but the loopback one");
    URI uri =
        URI.create(
            "http://" + outside.get().getHostAddress() + ":" + server.httpPort() + "/tidemark/");
    assertEquals(403, get(uri, "alice:alice").statusCode());
  }

  private static HttpResponse<String> get(URI uri, String credentials)
      throws IOException, InterruptedException {
    String encoded =
        Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Authorization", "Basic " + encoded).build();
    return HTTP.send(request, BodyHandlers.ofString());
  }

  private static Optional<InetAddress> outsideAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .findFirst();
  }
}
