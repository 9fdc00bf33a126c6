package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.tools.run.Directories;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The server as its makers deliver it, for one test: a directory of its own, with links to all
 * parts that do not change; and the operator's scripts of {@code server-config/}, run on it.
 */
record StockServer(Path home) {

  private static final List<String> SHARED =
      List.of("jboss-modules.jar", "welcome-content", "modules/system");

  /** What a script said, and how it ended. */
  record Outcome(int code, String out, String err) {

    /** Fails unless the script succeeded and complained about nothing. */
    Outcome succeeded() {
      assertEquals("0 ", code + " " + err, out);
      return this;
    }
  }

  /** Makes it in {@code target/it/<name>}, which is emptied. */
  static StockServer named(String name) throws IOException {
    Path home = Directories.forTest(name);
    Directories.delete(home);
    Directories.copy(Directories.stock().resolve("standalone"), home.resolve("standalone"));
    Files.createDirectories(home.resolve("modules"));
    for (String shared : SHARED) {
      Files.createSymbolicLink(home.resolve(shared), Directories.stock().resolve(shared));
    }
    Files.createDirectories(home.resolve("bin"));
    try (Stream<Path> programs = Files.list(Directories.stock().resolve("bin"))) {
      for (Path program : programs.toList()) {
        Files.createSymbolicLink(home.resolve("bin").resolve(program.getFileName()), program);
      }
    }
    return new StockServer(home);
  }

  /** The PostgreSQL driver of the build. */
  static String driver() {
    return Directories.server().resolve("modules/org/postgresql/main/postgresql.jar").toString();
  }

  Path configuration(String name) {
    return home.resolve("standalone/configuration").resolve(name + ".xml");
  }

  Path deployments() {
    return home.resolve("standalone/deployments");
  }

  /** Runs install.sh with the driver and these arguments. */
  Outcome install(String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--driver", driver()));
    arguments.addAll(List.of(options));
    return run("install.sh", arguments.toArray(String[]::new));
  }

  /** Runs a script of {@code server-config/} with these arguments, on this server. */
  Outcome run(String script, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", "server-config/" + script));
    command.addAll(List.of(options));
    command.add(home.toString());
    return run(command, Map.of());
  }

  /** Runs commands of the CLI in an embedded server with standalone.xml. */
  Outcome cli(String... commands) throws Exception {
    return cli(home, home.resolve("standalone"), List.of(commands));
  }

  /**
   * As the other {@code cli}, on any installation.
   *
   * @param base its base directory
   */
  static Outcome cli(Path home, Path base, List<String> commands) throws Exception {
    List<String> lines = new ArrayList<>(List.of("embed-server --std-out=discard"));
    lines.addAll(commands);
    lines.add("stop-embedded-server");
    Path script = Files.write(Files.createTempFile("tidemark", ".cli"), lines);
    String program = home.resolve("bin/jboss-cli.sh").toString();
    Outcome outcome =
        run(
            List.of(program, "-Djboss.server.base.dir=" + base, "--file=" + script),
            Map.of("JBOSS_HOME", home.toString(), "NOPAUSE", "true"));
    Files.delete(script);
    return outcome.succeeded();
  }

  /** Adds an account by the commands of {@code docs/operations.md} for a script. */
  void addAccount(String name, String role, String password) throws Exception {
    String page = OperationsPage.blockWith("digest=");
    String commands = page.replace("name=carol role=user", "name=" + name + " role=" + role);
    assertTrue(commands.startsWith("name=" + name), page);
    run(
            List.of("bash", "-eu", "-c", commands),
            Map.of("WILDFLY_HOME", home.toString(), "PASSWORD", password))
        .succeeded();
  }

  /** Runs a command with additions to this process's environment. */
  static Outcome run(List<String> command, Map<String, String> environment) throws Exception {
    Path out = Files.createTempFile("tidemark-script", ".out");
    Path err = Files.createTempFile("tidemark-script", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("JAVA_OPTS", Gateway.QUICK_START);
    builder.environment().putAll(new HashMap<>(environment));
    int code = builder.start().waitFor();
    Outcome outcome = new Outcome(code, Files.readString(out), Files.readString(err));
    Files.delete(out);
    Files.delete(err);
    return outcome;
  }

  /** Every file of the configuration and of the modules that are not the server's, with content. */
  SortedMap<String, String> contents() throws IOException {
    SortedMap<String, String> contents = new TreeMap<>();
    for (Path directory :
        List.of(home.resolve("standalone/configuration"), home.resolve("modules"))) {
      try (Stream<Path> found = Files.walk(directory)) {
        for (Path path : found.toList()) {
          contents.put(
              home.relativize(path).toString(),
              Files.isRegularFile(path)
                  ? new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1)
                  : "");
        }
      }
    }
    return contents;
  }
}
