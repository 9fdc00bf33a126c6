package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

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

  private static final Map<String, Future<Void>> RUNS = new HashMap<>();
  private static TwoAtATime two;

  /** All of it begins at once, two at a time, and each test waits for its own. */
  @BeforeAll
  static void begin() {
    two = new TwoAtATime();
    begin("single sign-on", ServerConfigIT::installSingleSignOnAndUninstall);
    begin("changed", ServerConfigIT::installAndUninstallWhatAnOperatorHasChanged);
    begin("link", ServerConfigIT::installAndUninstallBehindALink);
    for (String configuration : CONFIGURATIONS) {
      begin(configuration, () -> installTwiceAndUninstall(configuration));
    }
  }

  private static void begin(String name, ThrowingRunnable run) {
    RUNS.put(
        name,
        two.start(
            () -> {
              run.run();
              return null;
            }));
  }

  @AfterAll
  static void end() {
    two.close();
  }

  /** The stock files are exactly as the server itself writes them. */
  @ParameterizedTest
  @FieldSource("CONFIGURATIONS")
  void aStockConfigurationIsInstalledTwiceAndRestoredByteForByte(String name) throws Exception {
    RUNS.get(name).get();
  }

  @Test
  void installSingleSignOnAndUninstallCanBeRunTwiceAndWriteNoSecretDown() throws Exception {
    RUNS.get("single sign-on").get();
  }

  /** The attributes of the subsystem metrics are the operator's, as is a module of another file. */
  @Test
  void whatAnOperatorHasChangedIsRestoredToo() throws Exception {
    RUNS.get("changed").get();
  }

  @Test
  void aConfigurationBehindALinkStaysBehindIt() throws Exception {
    RUNS.get("link").get();
  }

  private interface ThrowingRunnable {
    void run() throws Exception;
  }

  private static void installTwiceAndUninstall(String name) throws Exception {
    StockServer server = StockServer.named("server config of " + name);
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

  private static void installSingleSignOnAndUninstall() throws Exception {
    StockServer server = StockServer.named("server-config");
    Path file = server.configuration("standalone");
    SortedMap<String, String> before = server.contents();
    server.install().succeeded();
    String installed = Files.readString(file);
    assertTrue(installed.contains("${env.TIDEMARK_DB_PASSWORD:unset}"), "asked for at boot");
    assertFalse(installed.contains("tidemark-development"), "no account of development");
    assertTrue(installed.contains("<websockets dispatch-to-worker=\"false\""), "sockets");
    assertEquals(2, count(installed, "max-connections=\"10000\""), "of each listener");
    assertEquals(2, count(installed, "max-parameters=\"100\""), "of each listener");
    assertEquals(2, count(installed, "max-headers=\"100\""), "of each listener");
    assertEquals(1, count(installed, "http2-max-concurrent-streams=\"32\""), "with TLS");
    assertEquals(1, count(installed, "enable-http2=\"true\""), "not on the plain listener");

    server.run("sso.sh").succeeded();
    String switched = Files.readString(file);
    server.run("sso.sh").succeeded();
    assertEquals(switched, Files.readString(file));
    assertTrue(switched.contains("${env.TIDEMARK_OIDC_ISSUER}"), "asked for at boot");
    assertTrue(switched.contains("secret=\"${env.TIDEMARK_OIDC_CLIENT_SECRET}\""), switched);
    assertTrue(switched.contains("<socket-timeout-millis>10000<"), "an end of each wait");
    assertTrue(switched.contains("<connection-timeout-millis>5000<"), "and of each connection");
    server.run("sso-off.sh").succeeded();
    server.run("sso-off.sh").succeeded();
    assertEquals(installed, Files.readString(file));

    server.run("sso.sh").succeeded();
    server.run("uninstall.sh").succeeded();
    server.run("uninstall.sh").succeeded();
    assertEquals(before, server.contents());
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  private static void installAndUninstallWhatAnOperatorHasChanged() throws Exception {
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

  /** It does not start without its credential store, which is beside the link. */
  private static void installAndUninstallBehindALink() throws Exception {
    StockServer server = StockServer.named("server-config-link");
    String made =
        server
            .cli(
                "/subsystem=elytron/secret-key-credential-store=s:add(path=s.cs, relative-to=jboss.server.config.dir)",
                "/subsystem=elytron/expression=encryption:add(resolvers=[{name=s, credential-store=s, secret-key=key}])",
                "/subsystem=elytron/expression=encryption:create-expression(resolver=s, clear-text=SECRET)")
            .out();
    Matcher expression = Pattern.compile("\\$\\{ENC[^\"]+}").matcher(made);
    assertTrue(expression.find(), made);
    server.cli("/system-property=secret:add(value=\"" + expression.group() + "\")");
    Path link = server.configuration("standalone");
    Path elsewhere = Files.createDirectories(server.home().resolve("elsewhere"));
    Path file = elsewhere.resolve("wildfly.xml");
    Files.move(link, file);
    Files.createSymbolicLink(link, file);
    String before = Files.readString(file);
    server.install().succeeded();
    assertTrue(Files.readString(file).contains("tidemark-inbound"));
    server.run("uninstall.sh").succeeded();
    assertEquals(before, Files.readString(file));
    assertTrue(Files.isSymbolicLink(link));
    assertFalse(Files.exists(server.home().resolve("modules/org")));
    try (Stream<Path> files = Files.list(elsewhere)) {
      assertEquals(List.of(file), files.toList());
    }
  }
}
