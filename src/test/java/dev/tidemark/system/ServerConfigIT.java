package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.container.GateWar;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.WildFlyServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The operator's scripts of {@code server-config/}, on a server as it is delivered. */
final class ServerConfigIT {

  private final Path stock = Directories.server().resolveSibling("server-stock");
  private final Path home = Directories.forTest("stock-server");
  private final Path configuration = home.resolve("standalone/configuration/standalone.xml");

  /** Makes a separate server, with links to all parts that do not change. */
  @BeforeEach
  void unpack() throws IOException {
    Directories.delete(home);
    Directories.copy(stock, home.resolve("standalone"));
    Files.createDirectories(home.resolve("modules"));
    for (String shared : List.of("bin", "jboss-modules.jar", "modules/system")) {
      Files.createSymbolicLink(home.resolve(shared), Directories.server().resolve(shared));
    }
  }

  @Test
  void installAndUninstallCanBeRunTwiceAndLeaveNothing() throws Exception {
    String before = Files.readString(configuration);
    install();
    String installed = Files.readString(configuration);
    install();
    assertEquals(installed, Files.readString(configuration));
    assertTrue(
        installed.contains("${env.TIDEMARK_DB_PASSWORD:unset}"),
        "the password is asked for at boot");
    assertFalse(installed.contains("tidemark-development"), "no account of development");

    run("sso.sh", home.toString());
    uninstall();
    uninstall();
    assertEquals(before, Files.readString(configuration));
    assertFalse(Files.exists(home.resolve("modules/org")), "the module is gone");
  }

  @Test
  void singleSignOnCanBeSwitchedOnTwiceAndOffAgainAndNoSecretIsWrittenDown() throws Exception {
    String before = Files.readString(configuration);
    run("sso.sh", home.toString());
    String switched = Files.readString(configuration);
    run("sso.sh", home.toString());
    assertEquals(switched, Files.readString(configuration));
    assertTrue(
        switched.contains("${env.TIDEMARK_OIDC_ISSUER}"), "the provider is asked for at boot");
    assertTrue(
        switched.contains("secret=\"${env.TIDEMARK_OIDC_CLIENT_SECRET}\""), "and the secret");

    run("sso-off.sh", home.toString());
    run("sso-off.sh", home.toString());
    assertEquals(before, Files.readString(configuration));
  }

  @Test
  void theApplicationDeploysOnAStockServerAndNobodyGetsIn() throws Exception {
    install();
    try (DevelopmentDatabase database = DevelopmentDatabase.startFresh("stock-database")) {
      database.createDatabase("tidemark");
      WildFlyServer server =
          WildFlyServer.named("stock").home(home).database(database.app("tidemark")).build();
      GateWar.writeTo(server.baseDirectory().resolve("deployments").resolve("gate.war"));
      try (server) {
        server.start().awaitReady();
        URI gate = server.uri("/").resolve("/gate/");
        assertEquals(GateWar.FORM, get(gate, "alice:alice").body());
        assertEquals(200, get(server.managementUri("/metrics"), "").statusCode());
        String cookie = get(server.uri("/"), "").headers().firstValue("Set-Cookie").orElse("");
        for (String attribute : List.of("secure", "httponly", "samesite=lax")) {
          assertTrue(cookie.toLowerCase(Locale.ROOT).contains(attribute), cookie);
        }
      }
    }
  }

  private void install() throws Exception {
    Path driver = Directories.server().resolve("modules/org/postgresql/main/postgresql.jar");
    run("install.sh", "--driver", driver.toString(), home.toString());
  }

  private void uninstall() throws Exception {
    run("uninstall.sh", home.toString());
  }

  private void run(String script, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", "server-config/" + script));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  private static HttpResponse<String> get(URI uri, String credentials)
      throws IOException, InterruptedException {
    String encoded =
        Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Authorization", "Basic " + encoded).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
