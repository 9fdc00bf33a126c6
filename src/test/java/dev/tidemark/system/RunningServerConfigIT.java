package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.system.StockServer.Outcome;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.ServerCli;
import dev.tidemark.tools.run.WildFlyServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The scripts of {@code server-config/} on a stock server that runs. */
final class RunningServerConfigIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String OTHERS = "<property name=\"somebody\" value=\"else\"/>";

  private StockServer stock;
  private DevelopmentDatabase database;
  private WildFlyServer server;
  private Path file;
  private String[] connect;

  @BeforeEach
  void start() throws Exception {
    stock = StockServer.named("running-stock-server");
    database = DevelopmentDatabase.startFresh("running-stock-database");
    database.createDatabase("tidemark");
    server =
        WildFlyServer.named("running-stock")
            .home(stock.home())
            .javaOption(Gateway.QUICK_START)
            .database(database.app("tidemark"))
            .build();
    Files.delete(war());
    file = server.baseDirectory().resolve("configuration/standalone.xml");
    connect = new String[] {"--connect", "127.0.0.1:" + server.managementPort()};
    server.start();
    Awaitility.await().atMost(PATIENCE.multipliedBy(2)).until(() -> starts() == 1);
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
  }

  private Path war() {
    return server.baseDirectory().resolve("deployments/tidemark.war");
  }

  /** How often the server has started or reloaded; 0 while it starts. */
  private long starts() throws IOException {
    if (!Files.exists(server.logFile())) {
      return 0;
    }
    try (var lines = Files.lines(server.logFile())) {
      return lines.filter(line -> line.contains("WFLYSRV0025")).count();
    }
  }

  @Test
  void aRunningServerIsInstalledReloadedAndRestored() throws Exception {
    String before = Files.readString(file);
    refused(
        "runs: stop it, or use --connect",
        stock.install("--base", server.baseDirectory().toString()));
    assertABrokenDriverIsTakenBack();
    try (ServerCli cli = ServerCli.connect(server)) {
      assertTheChangeOfSomebodyElseStays(cli);
    }
    assertEquals(before, Files.readString(file));

    stock.install(connect).succeeded();
    String installed = Files.readString(file);
    assertTrue(installed.contains("tidemark-inbound"));
    Files.copy(Directories.war(), war());
    server.awaitReady();
    long starts = starts();
    stock.install(connect).succeeded();
    assertEquals(installed, Files.readString(file));
    refused("tidemark.war is deployed", stock.run("sso.sh", connect));
    refused("tidemark.war is deployed", stock.run("uninstall.sh", connect));
    assertEquals(installed, Files.readString(file));
    assertAChangeThatIsNeededIsRefused();
    assertEquals(starts, starts(), "nobody was cut off");

    Files.delete(war().resolveSibling("tidemark.war.deployed"));
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> Files.exists(war().resolveSibling("tidemark.war.undeployed")));
    stock.run("uninstall.sh", connect).succeeded();
    assertTrue(starts() > starts);
    assertEquals(before, Files.readString(file));
    assertFalse(Files.exists(stock.home().resolve("modules/org")));
  }

  /** It looks like a driver, and the server notices only when it has reloaded. */
  private void assertABrokenDriverIsTakenBack() throws Exception {
    String before = Files.readString(file);
    Path driver = stock.home().resolve("broken.jar");
    Files.writeString(driver, "PK org/postgresql/Driver.class");
    Outcome outcome =
        StockServer.run(
            List.of(
                "bash",
                "server-config/install.sh",
                "--driver",
                driver.toString(),
                connect[0],
                connect[1],
                stock.home().toString()),
            Map.of());
    refused("the server does not start with the new configuration", outcome);
    assertEquals(before, Files.readString(file));
    assertFalse(Files.exists(stock.home().resolve("modules/org")));
  }

  /** A change after the script has read the configuration, and one after it has written it. */
  private void assertTheChangeOfSomebodyElseStays(ServerCli cli) throws Exception {
    for (String moment : List.of("-Djboss.server.base.dir=", "reload.cli")) {
      Path program = stock.home().resolve("bin/jboss-cli.sh");
      changeBefore(moment, program);
      refused("was changed by somebody else in the meantime", stock.install(connect));
      String left = Files.readString(file);
      assertTrue(left.contains(OTHERS) && !left.contains("tidemark"), moment + "\n" + left);
      assertFalse(Files.exists(stock.home().resolve("modules/org")), moment);
      Files.delete(program);
      Files.createSymbolicLink(program, Directories.stock().resolve("bin/jboss-cli.sh"));
      cli.run("/system-property=somebody:remove"); // from the server, which has it
    }
  }

  /** Puts a change by somebody else before the one run of the CLI that has this argument. */
  private void changeBefore(String argument, Path program) throws IOException {
    Files.delete(program);
    Files.writeString(
        program,
        """
        #!/bin/sh
        cli=%s/bin/jboss-cli.sh
        case "$*" in
          *%s*) "$cli" --connect --controller=%s --command='/system-property=somebody:add(value=else)' ;;
        esac >/dev/null 2>&1
        exec "$cli" "$@"
        """
            .formatted(Directories.stock(), argument, connect[1]));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void assertAChangeThatIsNeededIsRefused() throws Exception {
    try (ServerCli cli = ServerCli.connect(server)) {
      cli.run("/subsystem=logging/logger=dev.tidemark:remove");
      String lacking = Files.readString(file);
      refused("tidemark.war is deployed", stock.install(connect));
      assertEquals(lacking, Files.readString(file));
      cli.run("/subsystem=logging/logger=dev.tidemark:add(level=INFO)");
    }
  }

  private static void refused(String reason, Outcome outcome) {
    assertEquals(2, outcome.code(), outcome.toString());
    assertTrue(outcome.err().contains(reason), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
  }
}
