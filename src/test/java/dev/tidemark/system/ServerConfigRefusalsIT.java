package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.system.StockServer.Outcome;
import dev.tidemark.testing.container.GateWar;
import dev.tidemark.tools.run.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the scripts of {@code server-config/} refuse: in one line, and nothing is changed. */
final class ServerConfigRefusalsIT {
  private StockServer server;
  private SortedMap<String, String> before;

  @BeforeEach
  void unpack() throws IOException {
    server = StockServer.named("server-config-refusals");
    before = server.contents();
  }

  @Test
  void wrongArgumentsAreNamed() throws Exception {
    String home = server.home().toString();
    refused("which server", Map.of(), "--driver", StockServer.driver());
    refused("unknown option --drivers", Map.of(), "--drivers", "x", home);
    refused("--driver needs a value", Map.of(), home, "--driver");
    refused("--base needs a value", Map.of(), "--base", "", home);
    refused("one server at a time", Map.of(), home, home);
    refused("there is no bin/jboss-cli.sh", Map.of(), home + "/modules");
    refused("standalone/configuration/no.xml", Map.of(), driverAnd("--config", "no.xml", home));
    refused("--driver is missing", Map.of(), home);
    refused("no such file", Map.of(), "--driver", "/no/such.jar", home);
    refused("not the jar of a PostgreSQL driver", Map.of(), "--driver", "pom.xml", home);
    refused("not the jar of a PostgreSQL driver", Map.of(), "--driver", otherJar(), home);
    refused("--connect asks the server", Map.of(), "--connect", "x:1", "--base", "/", home);
    refused("127.0.0.1:1", Map.of(), driverAnd("--connect", "127.0.0.1:1", home));
    refused("there is no Java", Map.of("JAVA_HOME", "/nowhere"), driverAnd(home));
  }

  @Test
  void directoriesThatCannotBeWrittenToAreNamed() throws Exception {
    for (String readOnly : List.of("standalone/configuration", "modules")) {
      Path directory = server.home().resolve(readOnly);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
      try {
        List<String> command = new ArrayList<>(List.of("bash", "server-config/install.sh"));
        if ("root".equals(System.getProperty("user.name"))) { // who may write anywhere
          command.addAll(
              0, List.of("setpriv", "--bounding-set", "-dac_override", "--inh-caps", "-all"));
        }
        command.addAll(List.of(driverAnd(server.home().toString())));
        refused(directory + " cannot be written to by", StockServer.run(command, Map.of()));
      } finally {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }

  /** A product of another version, as WildFly's own distributions of other versions say theirs. */
  @Test
  void anotherVersionOfTheServerIsRefused() throws Exception {
    Path manifest =
        server.home().resolve("modules/org/jboss/as/product/other/dir/META-INF/MANIFEST.MF");
    Files.createDirectories(manifest.getParent());
    Files.writeString(
        manifest,
        """
        Manifest-Version: 1.0
        JBoss-Product-Release-Name: WildFly
        JBoss-Product-Release-Version: 38.0.1.Final
        """);
    Files.writeString(
        manifest.resolve("../../../module.xml").normalize(),
        """
        <module xmlns="urn:jboss:module:1.3" name="org.jboss.as.product" slot="other">
          <resources><resource-root path="dir"/></resources>
        </module>
        """);
    Path product = server.home().resolve("bin/product.conf");
    Files.delete(product);
    Files.writeString(product, "slot=other\n");
    before = server.contents();
    refused("is version 38.0.1.Final, and Tidemark needs WildFly 39", server.install());
  }

  /** Each of these scripts runs after others that have already changed the copy. */
  @Test
  void aStepThatFailsIsNamedAndAllOthersAreTakenBack() throws Exception {
    Path scripts = Directories.forTest("server-config-broken");
    for (String broken : List.of("logging.cli", "timeouts.cli")) {
      Directories.delete(scripts);
      Directories.copy(Path.of("server-config"), scripts);
      Files.writeString(
          scripts.resolve(broken),
          Files.readString(scripts.resolve(broken)) + "/subsystem=no-such:add\n");
      Outcome outcome =
          StockServer.run(
              List.of(
                  "bash",
                  scripts + "/install.sh",
                  "--driver",
                  StockServer.driver(),
                  server.home().toString()),
              Map.of());
      refused("the step " + broken + " failed: /subsystem=no-such:add", outcome);
      assertTrue(outcome.err().contains("WFLYCTL0030"), outcome.err());
    }
  }

  /** There it has another process id, and another name for its directory. */
  @Test
  void aServerThatRunsInAContainerIsSeen() throws Exception {
    List<String> container =
        List.of("unshare", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child");
    Assumptions.assumeTrue(
        runs(Stream.concat(container.stream(), Stream.of("true")).toList()),
        "no containers here: unshare does not work");
    List<String> command = new ArrayList<>(container);
    String start =
        """
        mount --bind "$1/standalone" /mnt &&
          exec "$1/bin/standalone.sh" -Djboss.server.base.dir=/mnt""";
    command.addAll(List.of("sh", "-c", start, "sh", server.home().toString()));
    Process running =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Awaitility.await()
          .atMost(1, TimeUnit.MINUTES)
          .failFast("the server ended", () -> !running.isAlive())
          .until(() -> running.descendants().anyMatch(ServerConfigRefusalsIT::isServer));
      Outcome outcome = server.install();
      assertEquals(2, outcome.code(), outcome.toString());
      assertTrue(outcome.err().contains("standalone runs: stop it"), outcome.err());
    } finally {
      running.destroyForcibly().waitFor();
    }
  }

  private static boolean isServer(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains("org.jboss.as.standalone");
  }

  private static boolean runs(List<String> command) throws Exception {
    try {
      return StockServer.run(command, Map.of()).code() == 0;
    } catch (IOException e) {
      return false; // there is no such program
    }
  }

  @Test
  void aDeployedApplicationIsNotLeftWithoutItsDatasources() throws Exception {
    server.install().succeeded();
    before = server.contents();
    Path war = GateWar.writeTo(server.deployments().resolve("tidemark.war"));
    refused("tidemark.war is deployed", server.run("uninstall.sh"));
    Files.move(war, server.home().resolve("gate.war"));
    Path file = server.configuration("standalone");
    String installed = Files.readString(file);
    Files.writeString(
        file,
        installed.replace(
            "\n</server>",
            """

                <deployments>
                    <deployment name="tidemark.war" runtime-name="tidemark.war">
                        <content sha1="da39a3ee5e6b4b0d3255bfef95601890afd80709"/>
                    </deployment>
                </deployments>
            </server>"""));
    before = server.contents();
    refused("tidemark.war is deployed", server.run("uninstall.sh"));
    Outcome forced = server.run("uninstall.sh", "--force");
    assertEquals(0, forced.code(), forced.err());
    assertTrue(forced.err().contains("warning: tidemark.war is deployed"), forced.err());
  }

  private void refused(String reason, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", "server-config/install.sh"));
    command.addAll(List.of(arguments));
    refused(reason, StockServer.run(command, environment));
  }

  private void refused(String reason, Outcome outcome) throws IOException {
    assertEquals(2, outcome.code(), outcome.toString());
    assertTrue(outcome.err().contains(reason), reason + "? " + outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertEquals(before, server.contents(), reason);
  }

  private static String[] driverAnd(String... others) {
    return Stream.concat(Stream.of("--driver", StockServer.driver()), Stream.of(others))
        .toArray(String[]::new);
  }

  private static String otherJar() throws IOException {
    Path h2 = Directories.stock().resolve("modules/system/layers/base/com/h2database/h2/main");
    try (Stream<Path> files = Files.list(h2)) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .findFirst()
          .orElseThrow()
          .toString();
    }
  }
}
