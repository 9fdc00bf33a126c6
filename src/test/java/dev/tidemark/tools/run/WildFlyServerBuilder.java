package dev.tidemark.tools.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds a {@link WildFlyServer}. All ports are free ones unless they are given. */
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

  /** Sets the database of the server's datasources. */
  public WildFlyServerBuilder database(DatabaseLogin login) {
    environment.put("TIDEMARK_DB_URL", login.url());
    environment.put("TIDEMARK_DB_USER", login.user());
    environment.put("TIDEMARK_DB_PASSWORD", login.password());
    return this;
  }

  /**
   * Adds the accounts alice, bob, publisher, auditor, admin and operator, whose password is their
   * name, and cookies that go without https.
   */
  public WildFlyServerBuilder developmentAccounts() {
    systemProperty("tidemark.access.secure-cookies", "false");
    return systemProperty("tidemark.security-domain", "tidemark-development");
  }

  /** Sets a variable of the process. */
  public WildFlyServerBuilder environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Sets a system property of the server, and so a MicroProfile Config key. */
  public WildFlyServerBuilder systemProperty(String name, String value) {
    systemProperties.put(name, value);
    return this;
  }

  /** Adds an option of the JVM, such as {@code -Xmx512m}; the last one wins. */
  public WildFlyServerBuilder javaOption(String option) {
    javaOptions.add(option);
    return this;
  }

  /** Sets the node's name, also in transactions, where at most 23 characters count. */
  public WildFlyServerBuilder nodeName(String name) {
    systemProperty("jboss.node.name", name);
    return systemProperty("jboss.tx.node.id", name.substring(0, Math.min(name.length(), 23)));
  }

  /** Sets the address at which the application listens; the default is 127.0.0.1. */
  public WildFlyServerBuilder bindAddress(String address) {
    bindAddress = address;
    return this;
  }

  /** Sets the port of the application. */
  public WildFlyServerBuilder httpPort(int port) {
    httpPort = port;
    return this;
  }

  /** Sets the port of health, metrics and the command line. */
  public WildFlyServerBuilder managementPort(int port) {
    managementPort = port;
    return this;
  }

  /** Deploys another WAR than that of the build, as {@code tidemark.war}. */
  public WildFlyServerBuilder war(Path file) {
    war = file;
    return this;
  }

  /** Deploys one more WAR, under the name of its file. */
  public WildFlyServerBuilder besideIt(Path file) {
    neighbour = file;
    return this;
  }

  /** Uses another installation than {@code target/server}. */
  public WildFlyServerBuilder home(Path installation) {
    home = installation.toAbsolutePath();
    return this;
  }

  /** Copies another base directory than the installation's {@code standalone/}. */
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
    deploy(war, "tidemark.war");
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
