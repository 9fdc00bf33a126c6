package dev.tidemark.tools.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a {@link WildFlyServer} is to be. All ports are free ones unless they are given. */
public final class WildFlyServerBuilder {

  private final Path baseDirectory;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final Map<String, String> systemProperties = new LinkedHashMap<>();
  private final List<String> javaOptions = new ArrayList<>(List.of("-Xms128m", "-Xmx768m"));
  private Path home = Directories.server();
  private Path template;
  private Path war = Directories.war();
  private Path neighbour;
  private String bindAddress = "127.0.0.1";
  private int httpPort;
  private int managementPort;

  WildFlyServerBuilder(Path baseDirectory) {
    this.baseDirectory = baseDirectory;
  }

  /** The database that the server's datasources ask. */
  public WildFlyServerBuilder database(DatabaseLogin login) {
    environment.put("TIDEMARK_DB_URL", login.url());
    environment.put("TIDEMARK_DB_USER", login.user());
    environment.put("TIDEMARK_DB_PASSWORD", login.password());
    return this;
  }

  /**
   * With the accounts alice, bob, publisher, auditor and admin, whose password is their name, and cookies that
   * go without https.
   */
  public WildFlyServerBuilder developmentAccounts() {
    systemProperty("tidemark.access.secure-cookies", "false");
    return systemProperty("tidemark.security-domain", "tidemark-development");
  }

  /** A variable of the process. */
  public WildFlyServerBuilder environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** A system property of the server; this is how a MicroProfile Config key is set. */
  public WildFlyServerBuilder systemProperty(String name, String value) {
    systemProperties.put(name, value);
    return this;
  }

  /** An option of the JVM, such as {@code -Xmx512m}; the last one wins. */
  public WildFlyServerBuilder javaOption(String option) {
    javaOptions.add(option);
    return this;
  }

  /** The node's name, also in transactions, where at most 23 characters count. */
  public WildFlyServerBuilder nodeName(String name) {
    systemProperty("jboss.node.name", name);
    return systemProperty("jboss.tx.node.id", name.substring(0, Math.min(name.length(), 23)));
  }

  /** Where the application listens; 127.0.0.1 unless it is given. */
  public WildFlyServerBuilder bindAddress(String address) {
    bindAddress = address;
    return this;
  }

  /** The port of the application. */
  public WildFlyServerBuilder httpPort(int port) {
    httpPort = port;
    return this;
  }

  /** The port of health, metrics and the command line. */
  public WildFlyServerBuilder managementPort(int port) {
    managementPort = port;
    return this;
  }

  /** Another WAR than the one that the build made; it is deployed as {@code tidemark.war}. */
  public WildFlyServerBuilder war(Path file) {
    war = file;
    return this;
  }

  /** One more WAR beside it, deployed under the name of its file. */
  public WildFlyServerBuilder besideIt(Path file) {
    neighbour = file;
    return this;
  }

  /** Nothing is deployed. */
  public WildFlyServerBuilder withoutWar() {
    war = null;
    return this;
  }

  /** Another installation than {@code target/server}. */
  public WildFlyServerBuilder home(Path installation) {
    home = installation.toAbsolutePath();
    return this;
  }

  /** Another base directory to copy than the installation's {@code standalone/}. */
  public WildFlyServerBuilder template(Path directory) {
    template = directory;
    return this;
  }

  /** Makes the base directory anew, with the WAR in it; starts nothing. */
  public WildFlyServer build() {
    httpPort = httpPort == 0 ? Ports.free() : httpPort;
    managementPort = managementPort == 0 ? Ports.free() : managementPort;
    systemProperty("jboss.http.port", String.valueOf(httpPort));
    systemProperty("jboss.management.http.port", String.valueOf(managementPort));
    systemProperty("jboss.https.port", String.valueOf(Ports.free()));
    Directories.delete(baseDirectory);
    Directories.copy(template == null ? home.resolve("standalone") : template, baseDirectory);
    if (war != null) {
      deploy(war, "tidemark.war");
    }
    if (neighbour != null) {
      deploy(neighbour, neighbour.getFileName().toString());
    }
    return new WildFlyServer(this);
  }

  private void deploy(Path file, String name) {
    try {
      Files.copy(file, baseDirectory.resolve("deployments").resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@link #build()}, then starts the server and waits until it is ready. */
  public WildFlyServer startReady() {
    WildFlyServer server = build().start();
    try {
      return server.awaitReady();
    } catch (StartupException e) {
      server.kill();
      throw e;
    }
  }

  Path baseDirectory() {
    return baseDirectory;
  }

  Path home() {
    return home;
  }

  String bindAddress() {
    return bindAddress;
  }

  int httpPort() {
    return httpPort;
  }

  int managementPort() {
    return managementPort;
  }

  Map<String, String> environment() {
    return environment;
  }

  Map<String, String> systemProperties() {
    return systemProperties;
  }

  List<String> javaOptions() {
    return javaOptions;
  }
}
