package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The operator's scripts of {@code server-config/}, on a stopped server as it is delivered. */
final class ServerConfigIT {
  private static final List<String> CONFIGURATIONS =
      List.of(
          "standalone",
          "standalone-full",
          "standalone-ha",
          "standalone-full-ha",
          "standalone-microprofile",
          "standalone-microprofile-ha");

  /**
   * Two at a time: nearly all of it is the start of a JVM. The stock files are exactly as the
   * server itself writes them, so that all is restored byte for byte.
   */
  @Test
  void everyStockConfigurationIsInstalledTwiceAndRestoredByteForByte() throws Exception {
    ExecutorService two = Executors.newFixedThreadPool(2);
    try {
      List<Future<Object>> results = new ArrayList<>();
      for (String configuration : CONFIGURATIONS) {
        results.add(
            two.submit(
                () -> {
                  installTwiceAndUninstall(configuration);
                  return null;
                }));
      }
      for (Future<Object> result : results) {
        result.get();
      }
    } finally {
      two.shutdownNow();
    }
  }

  private static void installTwiceAndUninstall(String name) throws Exception {
    StockServer server = StockServer.named("server-config-" + name);
    String option = name + ".xml";
    SortedMap<String, String> before = server.contents();
    server.install("--config", option).succeeded();
    String installed = Files.readString(server.configuration(name));
    server.install("--config", option).succeeded();
    assertEquals(installed, Files.readString(server.configuration(name)), name);
    assertFalse(installed.contains("urn:wildfly:metrics:"), name);
    assertTrue(installed.contains("urn:jboss:domain:ejb3:"), name);
    server.run("uninstall.sh", "--config", option).succeeded();
    assertEquals(before, server.contents(), name);
  }

  @Test
  void installSingleSignOnAndUninstallCanBeRunTwiceAndWriteNoSecretDown() throws Exception {
    StockServer server = StockServer.named("server-config");
    Path file = server.configuration("standalone");
    SortedMap<String, String> before = server.contents();
    server.install().succeeded();
    String installed = Files.readString(file);
    assertTrue(installed.contains("${env.TIDEMARK_DB_PASSWORD:unset}"), "asked for at boot");
    assertFalse(installed.contains("tidemark-development"), "no account of development");

    server.run("sso.sh").succeeded();
    String switched = Files.readString(file);
    server.run("sso.sh").succeeded();
    assertEquals(switched, Files.readString(file));
    assertTrue(switched.contains("${env.TIDEMARK_OIDC_ISSUER}"), "asked for at boot");
    assertTrue(switched.contains("secret=\"${env.TIDEMARK_OIDC_CLIENT_SECRET}\""), switched);
    server.run("sso-off.sh").succeeded();
    server.run("sso-off.sh").succeeded();
    assertEquals(installed, Files.readString(file));

    server.run("sso.sh").succeeded();
    server.run("uninstall.sh").succeeded();
    server.run("uninstall.sh").succeeded();
    assertEquals(before, server.contents());
  }

  /** The attributes of the subsystem metrics are the operator's, as is a module of another file. */
  @Test
  void whatAnOperatorHasChangedIsRestoredToo() throws Exception {
    StockServer server = StockServer.named("server-config-changed");
    Path file = server.configuration("standalone");
    String changed =
        Files.readString(file)
            .replaceFirst(
                "(<subsystem xmlns=\"urn:wildfly:metrics:1.0\") [^>]*/>",
                "$1 security-enabled=\"true\" exposed-subsystems=\"datasources undertow\"/>")
            .replaceFirst("(?m)^ *<https-listener .*\n", "");
    assertTrue(changed.contains("datasources undertow") && !changed.contains("<https-listener"));
    Files.writeString(file, changed);
    server.install().succeeded();
    server.install("--config", "standalone-full.xml").succeeded();
    server.run("uninstall.sh").succeeded();
    assertEquals(changed, Files.readString(file));
    assertTrue(Files.exists(server.home().resolve("modules/org/postgresql/main/postgresql.jar")));
    server.run("uninstall.sh", "--config", "standalone-full.xml").succeeded();
    assertFalse(Files.exists(server.home().resolve("modules/org")));
  }
}
